#include "agent/commands/licenses_output.h"

#include "agent/base/text.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace cal {

namespace {

using Json = nlohmann::ordered_json;

constexpr int licenses_version = 1;
constexpr std::array horizons{7, 30, 90};  // days

std::string by_text(const LicensePurchase& purchase) {
  return purchase.by ? fmt::format("by {}", day_text(*purchase.by)) : "now";
}

std::int64_t over_issued(const LicenseStock& stock) {
  return std::max<std::int64_t>(0, stock.issued - stock.installed);
}

void add_stock(const LicenseOutlook& outlook, TerminalText& text) {
  for (const auto& each : outlook.stock) {
    const auto over = over_issued(each);
    text.add("  {} ({}): {} installed, {} issued, {}\n", each.edition, each.kind, each.installed,
             each.issued,
             over > 0 ? fmt::format("{} too many", over)
                      : fmt::format("{} free", each.installed - each.issued));
  }
  if (outlook.temporary) {
    text.add("  temporary licenses: {}\n", *outlook.temporary);
  } else {
    text.add("  temporary licenses: not known\n");
  }
}

void add_weeks(const LicenseOutlook& outlook, SystemTime now, TerminalText& text) {
  if (outlook.ending.empty()) {
    text.add("  Issued licenses that end: not known\n");
    return;
  }
  text.add(
      "  Issued licenses that end unless they are renewed: at most {} in 7 days, {} in 30, {} "
      "in 90\n",
      ending_within(outlook, now, std::chrono::days(7)),
      ending_within(outlook, now, std::chrono::days(30)),
      ending_within(outlook, now, std::chrono::days(90)));
  auto week = outlook.first_week;
  for (const auto count : outlook.ending) {
    if (count > 0) text.add("    week of {}: {}\n", day_text(week), count);
    week += std::chrono::weeks(1);
  }
}

void add_plan(const LicenseOutlook& outlook, TerminalText& text) {
  for (const auto& each : outlook.pack_ends) {
    text.add("  {}: a pack of {} {} {} ends: {}\n", day_text(each.at), each.licenses, each.kind,
             plural(each.licenses, "license"), each.edition);
  }
  for (const auto& each : outlook.purchases) {
    text.add("  Buy {}: {} {} {} of {} or newer ({})\n", by_text(each), each.licenses, each.kind,
             plural(each.licenses, "license"), each.edition, each.why);
  }
  if (outlook.purchases.empty()) {
    text.add("  Nothing has to be bought{}.\n",
             outlook.not_counted.empty() ? "" : " for what was counted");
  }
  for (const auto& each : outlook.not_counted) text.add("  Not counted: {}\n", each);
}

void add_holders(const LicenseHolders& holders, TerminalText& text) {
  if (!holders.why_not.empty()) {
    text.add("  Holders: not known: {}\n", holders.why_not);
    return;
  }
  text.add("  Holders in the directory: {}\n", holders.holders.size());
  for (const auto& each : holders.holders) {
    text.add("    {}: version {}, from {}, ends {}\n", each.name,
             each.version.empty() ? "-" : each.version, each.server.empty() ? "-" : each.server,
             each.ends);
  }
}

Json written(const LicenseOutlook& outlook, SystemTime now) {
  Json json{{"stock", Json::array()},
            {"temporary", outlook.temporary ? Json(*outlook.temporary) : Json(nullptr)},
            {"ending", nullptr},
            {"weeks", nullptr},
            {"pack_ends", Json::array()},
            {"purchases", Json::array()},
            {"not_counted", outlook.not_counted}};
  for (const auto& each : outlook.stock) {
    json["stock"].push_back({{"edition", each.edition},
                             {"kind", each.kind},
                             {"installed", each.installed},
                             {"issued", each.issued},
                             {"over_issued", over_issued(each)}});
  }
  if (!outlook.ending.empty()) {
    json["ending"] = Json::object();
    for (const int days : horizons) {
      json["ending"][fmt::format("{}d", days)] =
          ending_within(outlook, now, std::chrono::days(days));
    }
    json["weeks"] = Json::array();
    auto week = outlook.first_week;
    for (const auto count : outlook.ending) {
      json["weeks"].push_back({{"week", day_text(week)}, {"ending", count}});
      week += std::chrono::weeks(1);
    }
  }
  for (const auto& each : outlook.pack_ends) {
    json["pack_ends"].push_back({{"edition", each.edition},
                                 {"kind", each.kind},
                                 {"licenses", each.licenses},
                                 {"ends", utc_text(each.at)}});
  }
  for (const auto& each : outlook.purchases) {
    json["purchases"].push_back({{"edition", each.edition},
                                 {"kind", each.kind},
                                 {"licenses", each.licenses},
                                 {"by", each.by ? Json(utc_text(*each.by)) : Json(nullptr)},
                                 {"why", each.why}});
  }
  return json;
}

Json written(const LicenseHolders& holders) {
  Json json{{"why_not", holders.why_not}, {"holders", Json::array()}};
  for (const auto& each : holders.holders) {
    json["holders"].push_back({{"name", each.name},
                               {"version", each.version},
                               {"server", each.server},
                               {"ends", each.ends}});
  }
  return json;
}

class Csv {
 public:
  void add(const NetworkLicenses& of, std::string_view what, std::string_view edition,
           std::string_view kind, std::string_view date, std::string_view licenses,
           std::string_view name = {}) {
    text_.add("{},{},{},{},{},{},{},{}\n", cell(of.network), cell(of.probe), what, cell(edition),
              cell(kind), cell(date), licenses, cell(name));
  }

  TerminalText finish() { return std::move(text_); }

 private:
  static std::string cell(std::string_view value) {
    constexpr std::string_view formula = "=+-@\t";
    std::string text;
    if (!value.empty() && formula.find(value.front()) != formula.npos) text += '\'';
    text += value;
    std::ranges::replace(text, '\n', ' ');
    if (text.find_first_of(",\"\r") == text.npos) return text;
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + '"';
  }

  TerminalText text_ = [] {
    TerminalText text;
    text.add("network,probe,what,edition,kind,date,licenses,name\n");
    return text;
  }();
};

}  // namespace

TerminalText licenses_text(const std::vector<NetworkLicenses>& found, SystemTime now) {
  TerminalText text;
  for (const auto& each : found) {
    if (!each.outlook) {
      text.add("{} ({}): nothing was counted: {}\n\n", each.network, each.probe, each.summary);
      continue;
    }
    text.add("{} ({}, data from {})\n", each.network, each.probe, time_text(each.data_at));
    add_stock(*each.outlook, text);
    add_weeks(*each.outlook, now, text);
    add_plan(*each.outlook, text);
    if (each.holders) add_holders(*each.holders, text);
    text.add("\n");
  }
  text.add("Assumptions:\n");
  for (const auto assumption : license_assumptions) text.add("- {}\n", assumption);
  return text;
}

std::string licenses_json(const std::vector<NetworkLicenses>& found, SystemTime now) {
  Json json{{"version", licenses_version},
            {"generated_at", utc_text(now)},
            {"assumptions", license_assumptions},
            {"networks", Json::array()}};
  for (const auto& each : found) {
    Json network{{"network", each.network},
                 {"probe", each.probe},
                 {"data_at", utc_text(each.data_at)},
                 {"summary", each.summary},
                 {"licenses", each.outlook ? written(*each.outlook, now) : Json(nullptr)}};
    if (each.holders) network["holders"] = written(*each.holders);
    json["networks"].push_back(std::move(network));
  }
  return printable_json(json.dump(2, ' ', false, Json::error_handler_t::replace));
}

TerminalText licenses_csv(const std::vector<NetworkLicenses>& found, SystemTime now) {
  Csv csv;
  const auto today = day_text(now);
  for (const auto& each : found) {
    if (!each.outlook) continue;
    const auto& outlook = *each.outlook;
    for (const auto& stock : outlook.stock) {
      const auto add = [&](std::string_view what, std::int64_t count) {
        csv.add(each, what, stock.edition, stock.kind, today, std::to_string(count));
      };
      add("installed", stock.installed);
      add("issued", stock.issued);
      add("over_issued", over_issued(stock));
    }
    if (outlook.temporary) {
      csv.add(each, "temporary", "", "device", today, std::to_string(*outlook.temporary));
    }
    auto week = outlook.first_week;
    for (const auto count : outlook.ending) {
      csv.add(each, "ending_in_week", "", "", day_text(week), std::to_string(count));
      week += std::chrono::weeks(1);
    }
    for (const auto& end : outlook.pack_ends) {
      csv.add(each, "pack_ends", end.edition, end.kind, day_text(end.at),
              std::to_string(end.licenses));
    }
    for (const auto& buy : outlook.purchases) {
      csv.add(each, "buy", buy.edition, buy.kind, buy.by ? day_text(*buy.by) : today,
              std::to_string(buy.licenses));
    }
    if (!each.holders) continue;
    for (const auto& holder : each.holders->holders) {
      csv.add(each, "holder", holder.version, "user", holder.ends, "1", holder.name);
    }
  }
  return csv.finish();
}

}  // namespace cal
