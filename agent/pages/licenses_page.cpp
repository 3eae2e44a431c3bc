#include "agent/pages/licenses_page.h"

#include "agent/base/text.h"
#include "agent/pages/card.h"
#include "agent/pages/page.h"
#include "agent/pages/times.h"
#include "agent/pages/week_plot.h"

#include <algorithm>

namespace cal {

namespace {

// More networks than this would be a page that nobody reads; the command lists them all.
constexpr std::size_t max_networks = 50;

// Lines, since a table of five columns does not fit on a phone.
Html stock_html(const LicenseOutlook& outlook) {
  Html lines;
  for (const auto& each : outlook.stock) {
    const auto over = each.issued - each.installed;
    lines += markup("<li><strong>{} ({})</strong>: {} installed, {} issued, {} {}</li>\n",
                    each.edition, each.kind, each.installed, each.issued, over > 0 ? over : -over,
                    over > 0 ? "too many" : "free");
  }
  return markup("<ul>\n{}</ul>\n", lines);
}

Html endings_html(const LicenseOutlook& outlook, SystemTime now) {
  if (outlook.ending.empty()) {
    return markup("<p>When issued licenses end is not known.</p>\n");
  }
  return markup(
      "<p>Issued licenses that end unless they are renewed: at most {} in 7 days, {} in 30, {} in "
      "90.</p>\n",
      ending_within(outlook, now, std::chrono::days(7)),
      ending_within(outlook, now, std::chrono::days(30)),
      ending_within(outlook, now, std::chrono::days(90)));
}

Html plan_html(const LicenseOutlook& outlook) {
  Html items;
  if (outlook.temporary.value_or(0) > 0) {
    items += markup("<li>{} on temporary licenses of 90 days.</li>\n",
                    counted(*outlook.temporary, "device lives", "devices live"));
  }
  for (const auto& each : outlook.pack_ends) {
    items += markup("<li>{}: a pack of {} {} {} ends: {}</li>\n", day_text(each.at), each.licenses,
                    each.kind, plural(each.licenses, "license"), each.edition);
  }
  for (const auto& each : outlook.purchases) {
    items +=
        markup("<li><strong>Buy {}</strong>: {} {} {} of {} or newer ({})</li>\n",
               each.by ? fmt::format("by {}", day_text(*each.by)) : std::string("now"),
               each.licenses, each.kind, plural(each.licenses, "license"), each.edition, each.why);
  }
  if (outlook.purchases.empty()) {
    items += outlook.not_counted.empty()
                 ? markup("<li>Nothing has to be bought.</li>\n")
                 : markup("<li>Nothing has to be bought for what was counted.</li>\n");
  }
  for (const auto& each : outlook.not_counted) items += markup("<li>Not counted: {}</li>\n", each);
  return markup("<ul>\n{}</ul>\n", items);
}

Html network_html(const Links& links, const Row& row, SystemTime now) {
  const auto& instance = *row.instance;
  const auto& outlook = *row.outcome->licenses;
  const auto id = fmt::format("{}-{}", instance.network, instance.kind->name);
  return markup(R"(<section class="network" id="{0}" aria-labelledby="{0}-name">
<h2 id="{0}-name">{1}: {2}</h2>
<div class="card">
<p class="soft">{3} · <a href="{4}">History<span class="sr"> of {1}: {2}</span></a></p>
{5}{6}{7}{8}</div>
</section>
)",
                id, instance.network, title_of(instance.kind->name), run_times(row, now),
                links.history(instance.network, instance.kind->name), stock_html(outlook),
                endings_html(outlook, now), week_plot(outlook, id), plan_html(outlook));
}

Html assumptions_html() {
  Html items;
  for (const auto assumption : license_assumptions) items += markup("<li>{}</li>\n", assumption);
  return markup("<h2>Assumptions</h2>\n<ul>\n{}</ul>\n", items);
}

}  // namespace

std::string licenses_page(const Links& links, const Rows& rows, SystemTime now) {
  auto body = markup("<h1>Licenses: what there is, what ends, what to buy</h1>\n");
  std::size_t shown = 0;
  std::size_t left_out = 0;
  for (const auto& row : rows) {
    if (!row.outcome->licenses) continue;
    if (shown == max_networks) {
      ++left_out;
      continue;
    }
    ++shown;
    body += network_html(links, row, now);
  }
  if (shown == 0) {
    body += markup(
        "<p>No licenses are counted: configure <code>license_compliance</code> or "
        "<code>session_host_licensing</code>; their pages say what they found.</p>\n");
  }
  if (left_out > 0) {
    body += markup("<p>{} more: <code>cal_exporter licenses</code> lists all.</p>\n", left_out);
  }
  if (shown > 0) body += assumptions_html();
  return page(links, "Licenses", body, now);
}

}  // namespace cal
