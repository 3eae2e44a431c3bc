#include "agent/pages/status_page.h"

#include "agent/base/text.h"
#include "agent/diagnosis/shared_causes.h"
#include "agent/pages/details.h"
#include "agent/pages/network_groups.h"
#include "agent/pages/network_section.h"
#include "agent/pages/page.h"
#include "agent/pages/times.h"

#include <algorithm>

namespace cal {

namespace {

Html nothing_watched() {
  return markup(R"(<div class="card notice">
<p class="headline">Nothing is watched yet: no network is configured.</p>
<p><strong>First step:</strong> add your network to the configuration file (<code>man cal_exporter.yml</code> describes every key), check it with <code>cal_exporter --config.check</code>, and reload: <code>systemctl reload cal_exporter</code></p>
</div>
)");
}

Html paused_networks(const std::vector<std::string>& names) {
  auto listed = markup("");
  for (const auto& name : names) {
    listed += markup("{}<b>{}</b>", listed.str().empty() ? "" : ", ", name);
  }
  return markup(R"(<div class="card notice">
<p class="headline">Paused, not watched: {}</p>
<p><strong>First step:</strong> when the maintenance is over, remove <code>paused</code> from the configuration file, and reload: <code>systemctl reload cal_exporter</code></p>
</div>
)",
                listed);
}

Html search_form(const Links& links, std::string_view search) {
  return markup(R"(<form role="search" action="{0}">
<label>Search networks <input type="search" name="search" value="{1}"></label>
<button>Search</button> <a href="{0}">Show all</a>
</form>
)",
                links.status(), search);
}

// "40 networks, one cause: activation.example.com tls_expired, since …", with the networks.
Html shared_cause_html(const Links& links, const SharedCause& cause, SystemTime now) {
  const auto count = cause.networks.size();
  return markup(
      R"(<div class="card bad">
<p class="headline">{} networks, one cause: {} {}{}</p>
{}</div>
)",
      count, cause.object, cause.reason,
      cause.since ? markup(", since {}", beginning_html(*cause.since, now)) : Html(),
      details_html(Fold::folded, fmt::format("shared/{}/{}", cause.object, cause.reason),
                   "networks", markup("The {} networks", count),
                   network_list(links, cause.networks)));
}

// The network with this name; otherwise those whose name contains it.
std::vector<const NetworkRows*> search_in(const std::vector<NetworkRows>& networks,
                                          const StatusQuery& query) {
  const auto wanted = folded(query.search);
  std::vector<const NetworkRows*> equal;
  std::vector<const NetworkRows*> similar;
  for (const auto& network : networks) {
    if (!query.cause.empty() && network.diagnosis.primary() != query.cause) continue;
    const auto name = folded(network.diagnosis.network);
    if (name == wanted) equal.push_back(&network);
    if (name.find(wanted) != std::string::npos) similar.push_back(&network);
  }
  return equal.empty() ? similar : equal;
}

std::string_view question_of(const std::vector<NetworkRows>& networks) {
  const auto is_rds = [](const NetworkRows& each) {
    return each.diagnosis.profile == Profile::rds;
  };
  if (networks.empty() || std::ranges::none_of(networks, is_rds)) {
    return "Why does the CAL pack not activate?";
  }
  return std::ranges::all_of(networks, is_rds)
             ? "Why do Remote Desktop users get no license?"
             : "Why does the CAL pack not activate, or do users get no license?";
}

}  // namespace

std::string status_page(const Links& links, const Rows& rows, const StatusQuery& query,
                        SystemTime now, const std::vector<std::string>& paused) {
  const auto networks = networks_of(rows);
  const auto title =
      networks.empty() && !paused.empty() ? "All networks are paused" : headline(networks);
  auto found = search_in(networks, query);
  std::ranges::stable_sort(found, {},
                           [](const NetworkRows* each) { return rank_of(each->diagnosis); });
  auto body = markup("<h1>{}</h1>\n", question_of(networks));
  if (!paused.empty()) body += paused_networks(paused);
  if (networks.empty() && paused.empty()) body += nothing_watched();
  if (networks.size() > 1) body += markup("<p>{}</p>\n", title);
  for (const auto& cause : shared_causes(rows)) body += shared_cause_html(links, cause, now);
  const bool are_many = networks.size() > max_networks_shown;
  if (are_many) body += cause_filters(links, networks);
  if (are_many || !query.search.empty() || !query.cause.empty()) {
    body += search_form(links, query.search);
    if (found.empty()) body += markup("<p>No network matches.</p>\n");
  }
  if (found.size() <= max_networks_shown) {
    for (const auto* network : found) body += network_section(links, *network, now);
  } else {
    body += network_groups(links, found);
  }
  return page(links, title, body, now);
}

}  // namespace cal
