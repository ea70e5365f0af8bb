#include "CDashboard.h"

// C23 #embed: SwiftPM's own embedding writes an array literal, over which the Swift compiler takes
// 12 s for 60 kB.
static const uint8_t index_html[] = {
#embed "assets/index.html"
};
static const uint8_t style_css[] = {
#embed "assets/style.css"
};
static const uint8_t app_js[] = {
#embed "assets/app.js"
};

static const struct netmon_asset assets[] = {
    {"/", "text/html; charset=utf-8", index_html, sizeof index_html},
    {"/style.css", "text/css; charset=utf-8", style_css, sizeof style_css},
    {"/app.js", "text/javascript; charset=utf-8", app_js, sizeof app_js},
};

size_t netmon_asset_count(void) { return sizeof assets / sizeof *assets; }

struct netmon_asset netmon_asset_at(size_t index) { return assets[index]; }
