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
    ASSET("/style.css", STYLE)
#embed "assets/style.css"
    END
    ASSET("/icon.svg", IMAGE)
#embed "assets/icon.svg"
    END
    ASSET("/core/api.js", SCRIPT)
#embed "assets/core/api.js"
    END
    ASSET("/core/dom.js", SCRIPT)
#embed "assets/core/dom.js"
    END
    ASSET("/core/format.js", SCRIPT)
#embed "assets/core/format.js"
    END
    ASSET("/core/keys.js", SCRIPT)
#embed "assets/core/keys.js"
    END
    ASSET("/core/live.js", SCRIPT)
#embed "assets/core/live.js"
    END
    ASSET("/core/state.js", SCRIPT)
#embed "assets/core/state.js"
    END
    ASSET("/errors/view.js", SCRIPT)
#embed "assets/errors/view.js"
    END
    ASSET("/main.js", SCRIPT)
#embed "assets/main.js"
    END
    ASSET("/stage.js", SCRIPT)
#embed "assets/stage.js"
    END
    ASSET("/views.js", SCRIPT)
#embed "assets/views.js"
    END
};

size_t netmon_asset_count(void) { return sizeof assets / sizeof *assets; }

struct netmon_asset netmon_asset_at(size_t index) {
  const uint8_t *text = assets[index].text;
  return (struct netmon_asset){
      assets[index].path, assets[index].type, text, strlen((const char *)text)};
}
