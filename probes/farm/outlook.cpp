#include "probes/farm/outlook.h"

#include "agent/base/text.h"
#include "probes/farm/pack_sums.h"
#include "probes/farm/server_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

namespace cal::farm {

namespace {

using inventory::LicenseCount;

constexpr std::int64_t status_temporary = 1;
constexpr std::int64_t status_active = 2;

// Of each list; a network has fewer, a hostile file may have any number.
constexpr std::size_t max_items = 200;

template <class Item>
void shorten(std::vector<Item>& items, std::string_view what, LicenseOutlook& outlook) {
  if (items.size() <= max_items) return;
  outlook.not_counted.push_back(fmt::format("{} more {}", items.size() - max_items, what));
  items.erase(items.begin() + max_items, items.end());
}

std::int64_t installed_at(const LicenseCount& count, SystemTime at) {
  auto installed = count.installed;
  for (const auto& end : count.pack_ends) installed -= end.at <= at ? end.licenses : 0;
  return installed;
}

// The shortages of one kind at one time. `counts` are sorted from the newest version to the oldest,
// so that what is left of a version can serve the next one.
class Shortages {
 public:
  explicit Shortages(std::vector<const LicenseCount*> counts) : counts_(std::move(counts)) {}

  void add_purchases(std::optional<SystemTime> by, SystemTime at, std::string_view why,
                     std::vector<LicensePurchase>& purchases) {
    std::int64_t spare = 0;
    for (const auto* count : counts_) {
      auto& bought = bought_[count];
      spare = (count->version ? spare : 0) + installed_at(*count, at) + bought - count->assigned();
      if (spare >= 0) continue;
      purchases.push_back(
          {count->edition, std::string(name_of(count->kind)), -spare, by, std::string(why)});
      bought -= spare;
      spare = 0;
    }
  }

 private:
  std::vector<const LicenseCount*> counts_;
  std::map<const LicenseCount*, std::int64_t> bought_;
};

void add_purchases(std::span<const LicenseCount> counts, SystemTime now, LicenseOutlook& outlook) {
  std::map<inventory::LicenseKind, std::vector<const LicenseCount*>> by_kind;
  for (const auto& count : counts) by_kind[count.kind].push_back(&count);
  for (auto& [kind, of_kind] : by_kind) {
    std::ranges::stable_sort(of_kind, std::greater{},
                             [](const LicenseCount* each) { return each->version; });
    std::set<SystemTime> ends;
    for (const auto* count : of_kind) {
      for (const auto& end : count->pack_ends) ends.insert(end.at);
    }
    Shortages shortages(of_kind);
    shortages.add_purchases(std::nullopt, now, "more are issued than installed", outlook.purchases);
    for (const auto end : ends) {
      if (end >= outlook.first_week + std::chrono::weeks(outlook_weeks)) break;
      shortages.add_purchases(end, end, "a pack ends", outlook.purchases);
    }
  }
  std::ranges::stable_sort(outlook.purchases, {}, &LicensePurchase::by);
}

// Each of these devices needs a license when its temporary one ends.
void add_temporary(std::span<const LicenseCount> counts, std::optional<SystemTime> first_end,
                   LicenseOutlook& outlook) {
  std::int64_t free = 0;
  for (const auto& count : counts) {
    if (count.kind == inventory::LicenseKind::device) {
      free += std::max<std::int64_t>(0, count.available());
    }
  }
  const auto missing = outlook.temporary.value_or(0) - free;
  if (missing <= 0) return;
  outlook.purchases.push_back({"the version of the session hosts", "device", missing, first_end,
                               "devices live on temporary licenses"});
  std::ranges::stable_sort(outlook.purchases, {}, &LicensePurchase::by);
}

// What a server issued, by the week of its end; returns when its first temporary license ends.
std::optional<SystemTime> add_issued(const std::vector<IssuedLicenses>& issued, SystemTime now,
                                     LicenseOutlook& outlook) {
  std::optional<SystemTime> first;
  for (const auto& each : issued) {
    const auto status = each.status.value_or(0);
    const bool counts = status == status_temporary || status == status_active;
    if (!counts || !each.week || *each.week < outlook.first_week) continue;
    const auto index = static_cast<std::size_t>(
        std::chrono::floor<std::chrono::weeks>(*each.week - outlook.first_week).count());
    if (index < outlook.ending.size()) outlook.ending[index] += each.count;
    if (status == status_temporary) {
      first = std::min(first.value_or(*each.week), *each.week);
    }
  }
  return first ? std::optional(std::max(*first, now)) : std::nullopt;
}

}  // namespace

LicenseOutlook outlook_of(std::span<const LicenseCount> counts, SystemTime now) {
  LicenseOutlook outlook{.first_week = week_of(now)};
  for (const auto& count : counts) {
    const std::string kind(name_of(count.kind));
    outlook.stock.push_back({count.edition, kind, count.installed, count.assigned()});
    for (const auto& end : count.pack_ends) {
      outlook.pack_ends.push_back({count.edition, kind, end.licenses, end.at});
    }
  }
  std::ranges::stable_sort(outlook.pack_ends, {}, &LicenseEnd::at);
  add_purchases(counts, now, outlook);
  shorten(outlook.pack_ends, "packs that end", outlook);
  shorten(outlook.purchases, "purchases", outlook);
  return outlook;
}

LicenseOutlook outlook_of(std::span<const LicenseServer> servers, SystemTime now,
                          Milliseconds max_age) {
  std::vector<LicenseCount> sums;
  std::vector<std::string> not_counted;
  std::vector<const LicenseServer*> counted;
  for (const auto& server : servers) {
    const auto leave_out = [&](std::string_view why) {
      not_counted.push_back(fmt::format("{}: {}", short_name(server.name), why));
    };
    if (now - server.data_at > max_age) {
      leave_out(fmt::format("its export is from {}", time_text(server.data_at)));
      continue;
    }
    if (!server.key_packs) {
      leave_out("its key packs were not read");
      continue;
    }
    counted.push_back(&server);
    for (const auto& text : server.key_packs->not_understood) leave_out(text);
    for (const auto& pack : server.key_packs->packs) {
      if (has_ended(pack, now)) continue;
      if (pack.ends && pack.ends->earliest <= now) {
        leave_out(fmt::format("key pack {}: its ExpirationDate may be past or to come", pack.id));
      } else {
        add_up(pack, now, sums);
      }
    }
    for (const auto& pack : server.key_packs->overused) {
      if (pack.issued > 0) add_up(pack, now, sums);
    }
  }
  auto outlook = outlook_of(sums, now);
  std::ranges::move(not_counted, std::back_inserter(outlook.not_counted));
  if (counted.empty()) return outlook;
  outlook.temporary = 0;
  outlook.ending.assign(outlook_weeks, 0);
  std::optional<SystemTime> first_temporary_end;
  bool all_dated = true;
  for (const auto* server : counted) {
    const auto& temporary = server->key_packs->temporary_issued;
    if (!temporary) outlook.temporary.reset();
    if (outlook.temporary) *outlook.temporary += *temporary;
    if (!server->issued) {
      all_dated = false;
      outlook.not_counted.push_back(
          fmt::format("{}: its issued licenses were not read", short_name(server->name)));
      continue;
    }
    const auto first = add_issued(*server->issued, now, outlook);
    if (first) first_temporary_end = std::min(first_temporary_end.value_or(*first), *first);
  }
  if (!all_dated) outlook.ending.clear();
  add_temporary(sums, first_temporary_end, outlook);
  return outlook;
}

}  // namespace cal::farm
