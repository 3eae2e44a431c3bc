#include "agent/pages/page.h"

#include "agent/base/version.h"
#include "agent/pages/times.h"

namespace cal {

std::string page(const Links& links, std::string_view title, const Html& body, SystemTime now) {
  return markup(R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<script src="{}" defer></script>
<title>{}</title>
<link rel="stylesheet" href="{}">
<link rel="icon" href="{}">
</head>
<body>
<header>
<nav aria-label="Pages"><a href="{}">cal_exporter</a> <a href="{}">licenses</a> <a href="{}">JSON</a> <a href="{}">metrics</a> <a href="{}">config</a></nav>
</header>
<p role="status"></p>
<main>
{}</main>
<footer><p>As of {}, cal_exporter {}</p></footer>
</body>
</html>
)",
                links.refresh_script(), title, links.style_sheet(), Link::empty_icon(),
                links.status(), links.licenses(), links.json_report(), links.metrics(),
                links.configuration(), body, time_html(now), version)
      .str();
}

}  // namespace cal
