#include "probes/pack_already_installed/duplicate_plan.h"

#include "agent/base/text.h"
#include "probes/pack_already_installed/pack_texts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

namespace cal::pack_already_installed {

namespace {

using inventory::History;
using inventory::Installation;
using inventory::Pack;

const Pack& first_duplicate(const History& history) {
  return *std::ranges::find_if(history.packs, is_duplicate);
}

bool agree(const Installation& one, const Installation& other) {
  return one.edition == other.edition && one.quantity == other.quantity;
}

bool is_equal(const Installation& one, const Installation& other) {
  const auto seconds = [](const Installation& each) {
    return each.at ? std::optional(each.at->at) : std::nullopt;
  };
  return agree(one, other) && seconds(one) == seconds(other) && one.kind == other.kind;
}

bool has_equal_lines(const Pack& pack) {
  const auto& all = pack.installations;
  return std::ranges::all_of(all,
                             [&](const Installation& each) { return is_equal(each, all.front()); });
}

// What License Management shows as the total of the pack's edition, if the history has all packs.
struct Totals {
  std::int64_t without_it;
  std::int64_t once;
  std::int64_t each_line;
};

// Empty if the history does not say how many licenses some pack of this edition has, or if the
// lines of a pack do not agree.
std::optional<Totals> totals_of(const History& history, const Pack& pack) {
  constexpr std::int64_t max_quantity = 1'000'000;
  const auto& first = pack.installations.front();
  std::int64_t others = 0;
  for (const auto& each : history.packs) {
    for (const auto& line : each.installations) {
      const bool is_of_pack = &each == &pack;
      if (line.edition.empty() != first.edition.empty()) return std::nullopt;
      if (line.edition != first.edition && !is_of_pack) continue;
      if (!line.quantity || *line.quantity <= 0 || *line.quantity > max_quantity) {
        return std::nullopt;
      }
      if (is_of_pack ? !agree(line, first) : is_duplicate(each)) return std::nullopt;
      if (!is_of_pack) others += *line.quantity;
    }
  }
  const auto quantity = *first.quantity;
  return Totals{others, others + quantity,
                others + quantity * static_cast<std::int64_t>(pack.installations.size())};
}

// Which lines go, if the pack is installed once.
std::string deletion_text(const Pack& pack, const std::string& file) {
  const auto& all = pack.installations;
  if (all.size() > 2) {
    return fmt::format("keep one of {} of {}, and delete the others", lines_of(pack), file);
  }
  return fmt::format("delete {} of {}",
                     has_equal_lines(pack) ? fmt::format("line {}", all.back().line)
                                           : fmt::format("the wrong one of {}", lines_of(pack)),
                     file);
}

}  // namespace

std::string what_to_do_about_duplicate(const Facts& facts, const Settings& settings) {
  const auto& pack = first_duplicate(*facts.history);
  const auto others = std::ranges::count_if(facts.history->packs, is_duplicate) - 1;
  return fmt::format(
      "{} of {} on {} {}. Nobody is refused because of this. Compare Total in License Management: "
      "it shows which line is wrong, and whether licenses are missing.{}",
      capitalized(lines_of(pack)), settings.history_file, facts.host,
      has_equal_lines(pack)
          ? fmt::format("are equal, all of {}", name_of(pack))
          : fmt::format("all have the key of {}, and differ otherwise", name_of(pack)),
      others > 0
          ? fmt::format(" {} in the evidence.", counted(others, "more pack is", "more packs are"))
          : "");
}

std::vector<RepairStep> duplicate_plan(const Facts& facts, const Settings& settings) {
  const auto& history = *facts.history;
  const auto& pack = first_duplicate(history);
  const auto lines = lines_of(pack);
  const auto& edition = pack.installations.front().edition;
  const auto totals = totals_of(history, pack);
  const auto file = fmt::format("{} on {}", settings.history_file, facts.host);
  const auto if_total = [&](std::int64_t Totals::*total, std::string_view otherwise) {
    return totals ? fmt::format("If Total is {}, ", (*totals).*total)
                  : fmt::format("If Total counts this pack {}, ", otherwise);
  };

  RepairStep see{fmt::format(
      "In the Windows EBS Administration Console (Licenses, License Management), read Total{}.",
      edition.empty() ? "" : " of " + edition)};
  see.beside = {
      "Nobody is refused now, and a line that is there twice costs no license. Only to install "
      "this pack again would fail (0xcfff1208).",
      totals ? fmt::format(
                   "By the history it is {} with this pack once, {} with each of its lines, and {} "
                   "without it. Another number: the history does not list the packs that "
                   "Installation History lists, so compare these first.",
                   totals->once, totals->each_line, totals->without_it)
             : "Compare it with the packs that were bought: the history does not say how many "
               "licenses each has, or its lines do not agree."};

  RepairStep once{fmt::format("{}the pack is installed once: {}.", if_total(&Totals::once, "once"),
                              deletion_text(pack, file))};
  once.beside = {
      "If a second pack was bought, it is not installed, and its licenses are missing: install it "
      "with its own key (Install CAL Packs), and add its line."};

  RepairStep several{
      fmt::format("{}a line has the key of another pack: correct the key in one of {} of {}.",
                  if_total(&Totals::each_line, "more than once"), lines, file)};
  several.beside = {
      "A pack can be installed only once, so these are several packs, and no license is missing. "
      "Installation History has the key of each (Product Keys)."};
  several.is_alternative = true;

  RepairStep never{fmt::format("{}the pack is not installed: delete {} of {}.",
                               if_total(&Totals::without_it, "not at all"), lines, file)};
  never.beside = {
      "If it was bought, install it with its own key (Install CAL Packs), and export the history "
      "again. Remove no pack to make the numbers right."};
  never.is_alternative = true;
  return {std::move(see), std::move(once), std::move(several), std::move(never)};
}

}  // namespace cal::pack_already_installed
