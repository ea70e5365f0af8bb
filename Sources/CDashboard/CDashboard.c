#include "CDashboard.h"

#include <string.h>

// C23 #embed: SwiftPM's own embedding writes an array literal, over which the Swift compiler takes
// 12 s for 60 kB. The files are texts, so that a zero can end each.

#define HTML "text/html; charset=utf-8"
#define STYLE "text/css; charset=utf-8"
#define SCRIPT "text/javascript; charset=utf-8"
#define IMAGE "image/svg+xml"

// clang-format off
#define ASSET(path, type) {path, type, (const uint8_t[]){
#define END , 0}},

static const struct {
  const char *path, *type;
  const uint8_t *text;
} assets[] = {
    ASSET("/", HTML)
#embed "assets/index.html"
    END
    ASSET("/controls.css", STYLE)
#embed "assets/controls.css"
    END
    ASSET("/errors.css", STYLE)
#embed "assets/errors.css"
    END
    ASSET("/style.css", STYLE)
#embed "assets/style.css"
    END
    ASSET("/views.css", STYLE)
#embed "assets/views.css"
    END
    ASSET("/icon.svg", IMAGE)
#embed "assets/icon.svg"
    END
    ASSET("/main.js", SCRIPT)
#embed "assets/main.js"
    END
    ASSET("/views.js", SCRIPT)
#embed "assets/views.js"
    END
    ASSET("/connections/columns.js", SCRIPT)
#embed "assets/connections/columns.js"
    END
    ASSET("/connections/detail.js", SCRIPT)
#embed "assets/connections/detail.js"
    END
    ASSET("/connections/emptiness.js", SCRIPT)
#embed "assets/connections/emptiness.js"
    END
    ASSET("/connections/grouping.js", SCRIPT)
#embed "assets/connections/grouping.js"
    END
    ASSET("/connections/kin.js", SCRIPT)
#embed "assets/connections/kin.js"
    END
    ASSET("/connections/life.js", SCRIPT)
#embed "assets/connections/life.js"
    END
    ASSET("/connections/listing.js", SCRIPT)
#embed "assets/connections/listing.js"
    END
    ASSET("/connections/moment.js", SCRIPT)
#embed "assets/connections/moment.js"
    END
    ASSET("/connections/outcome.js", SCRIPT)
#embed "assets/connections/outcome.js"
    END
    ASSET("/connections/question.js", SCRIPT)
#embed "assets/connections/question.js"
    END
    ASSET("/connections/selection.js", SCRIPT)
#embed "assets/connections/selection.js"
    END
    ASSET("/connections/toolbar.js", SCRIPT)
#embed "assets/connections/toolbar.js"
    END
    ASSET("/connections/view.js", SCRIPT)
#embed "assets/connections/view.js"
    END
    ASSET("/core/api.js", SCRIPT)
#embed "assets/core/api.js"
    END
    ASSET("/core/arrangement.js", SCRIPT)
#embed "assets/core/arrangement.js"
    END
    ASSET("/core/copying.js", SCRIPT)
#embed "assets/core/copying.js"
    END
    ASSET("/core/dom.js", SCRIPT)
#embed "assets/core/dom.js"
    END
    ASSET("/core/empty.js", SCRIPT)
#embed "assets/core/empty.js"
    END
    ASSET("/core/format.js", SCRIPT)
#embed "assets/core/format.js"
    END
    ASSET("/core/keyed.js", SCRIPT)
#embed "assets/core/keyed.js"
    END
    ASSET("/core/keys.js", SCRIPT)
#embed "assets/core/keys.js"
    END
    ASSET("/core/later.js", SCRIPT)
#embed "assets/core/later.js"
    END
    ASSET("/core/live.js", SCRIPT)
#embed "assets/core/live.js"
    END
    ASSET("/core/poll.js", SCRIPT)
#embed "assets/core/poll.js"
    END
    ASSET("/core/question.js", SCRIPT)
#embed "assets/core/question.js"
    END
    ASSET("/core/rows.js", SCRIPT)
#embed "assets/core/rows.js"
    END
    ASSET("/core/sorting.js", SCRIPT)
#embed "assets/core/sorting.js"
    END
    ASSET("/core/state.js", SCRIPT)
#embed "assets/core/state.js"
    END
    ASSET("/core/times.js", SCRIPT)
#embed "assets/core/times.js"
    END
    ASSET("/errors/attempts.js", SCRIPT)
#embed "assets/errors/attempts.js"
    END
    ASSET("/errors/explanations.js", SCRIPT)
#embed "assets/errors/explanations.js"
    END
    ASSET("/errors/kinds.js", SCRIPT)
#embed "assets/errors/kinds.js"
    END
    ASSET("/errors/row.js", SCRIPT)
#embed "assets/errors/row.js"
    END
    ASSET("/errors/section.js", SCRIPT)
#embed "assets/errors/section.js"
    END
    ASSET("/errors/summary.js", SCRIPT)
#embed "assets/errors/summary.js"
    END
    ASSET("/errors/trend.js", SCRIPT)
#embed "assets/errors/trend.js"
    END
    ASSET("/errors/view.js", SCRIPT)
#embed "assets/errors/view.js"
    END
    ASSET("/filter/box.js", SCRIPT)
#embed "assets/filter/box.js"
    END
    ASSET("/filter/catalog.js", SCRIPT)
#embed "assets/filter/catalog.js"
    END
    ASSET("/filter/chips.js", SCRIPT)
#embed "assets/filter/chips.js"
    END
    ASSET("/filter/completion.js", SCRIPT)
#embed "assets/filter/completion.js"
    END
    ASSET("/filter/draft.js", SCRIPT)
#embed "assets/filter/draft.js"
    END
    ASSET("/filter/language.js", SCRIPT)
#embed "assets/filter/language.js"
    END
    ASSET("/filter/listbox.js", SCRIPT)
#embed "assets/filter/listbox.js"
    END
    ASSET("/filter/mistake.js", SCRIPT)
#embed "assets/filter/mistake.js"
    END
    ASSET("/filter/predicate.js", SCRIPT)
#embed "assets/filter/predicate.js"
    END
    ASSET("/filter/soundness.js", SCRIPT)
#embed "assets/filter/soundness.js"
    END
    ASSET("/frame/address.js", SCRIPT)
#embed "assets/frame/address.js"
    END
    ASSET("/frame/help.js", SCRIPT)
#embed "assets/frame/help.js"
    END
    ASSET("/frame/session.js", SCRIPT)
#embed "assets/frame/session.js"
    END
    ASSET("/frame/stage.js", SCRIPT)
#embed "assets/frame/stage.js"
    END
    ASSET("/frame/status.js", SCRIPT)
#embed "assets/frame/status.js"
    END
    ASSET("/frame/theme.js", SCRIPT)
#embed "assets/frame/theme.js"
    END
    ASSET("/hosts/view.js", SCRIPT)
#embed "assets/hosts/view.js"
    END
    ASSET("/map/bundles.js", SCRIPT)
#embed "assets/map/bundles.js"
    END
    ASSET("/map/columns.js", SCRIPT)
#embed "assets/map/columns.js"
    END
    ASSET("/map/draw.js", SCRIPT)
#embed "assets/map/draw.js"
    END
    ASSET("/map/graph.js", SCRIPT)
#embed "assets/map/graph.js"
    END
    ASSET("/map/layout.js", SCRIPT)
#embed "assets/map/layout.js"
    END
    ASSET("/map/view.js", SCRIPT)
#embed "assets/map/view.js"
    END
    ASSET("/processes/peers.js", SCRIPT)
#embed "assets/processes/peers.js"
    END
    ASSET("/processes/view.js", SCRIPT)
#embed "assets/processes/view.js"
    END
    ASSET("/table/fit.js", SCRIPT)
#embed "assets/table/fit.js"
    END
    ASSET("/table/header.js", SCRIPT)
#embed "assets/table/header.js"
    END
    ASSET("/table/keys.js", SCRIPT)
#embed "assets/table/keys.js"
    END
    ASSET("/table/list.js", SCRIPT)
#embed "assets/table/list.js"
    END
    ASSET("/table/menu.js", SCRIPT)
#embed "assets/table/menu.js"
    END
    ASSET("/table/panel.js", SCRIPT)
#embed "assets/table/panel.js"
    END
    ASSET("/table/parts.js", SCRIPT)
#embed "assets/table/parts.js"
    END
    ASSET("/table/placing.js", SCRIPT)
#embed "assets/table/placing.js"
    END
    ASSET("/table/virtual.js", SCRIPT)
#embed "assets/table/virtual.js"
    END
    ASSET("/table/window.js", SCRIPT)
#embed "assets/table/window.js"
    END
    ASSET("/time/band.js", SCRIPT)
#embed "assets/time/band.js"
    END
    ASSET("/time/bars.js", SCRIPT)
#embed "assets/time/bars.js"
    END
    ASSET("/time/brush.js", SCRIPT)
#embed "assets/time/brush.js"
    END
    ASSET("/time/chart.js", SCRIPT)
#embed "assets/time/chart.js"
    END
    ASSET("/time/span.js", SCRIPT)
#embed "assets/time/span.js"
    END
    ASSET("/time/table.js", SCRIPT)
#embed "assets/time/table.js"
    END
};

size_t netmon_asset_count(void) { return sizeof assets / sizeof *assets; }

struct netmon_asset netmon_asset_at(size_t index) {
  const uint8_t *text = assets[index].text;
  return (struct netmon_asset){
      assets[index].path, assets[index].type, text, strlen((const char *)text)};
}
