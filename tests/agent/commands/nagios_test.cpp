// The output of a monitoring plugin.
#include "agent/commands/nagios.h"

#include "agent/commands/performance_data.h"
#include "tests/catch.h"
#include "tests/fakes/sample_board.h"

#include <regex>

using namespace cal;

namespace {

using fakes::sample_now;

constexpr std::array<std::string_view, 2> by_edition{"edition", "license_kind"};
constexpr std::array<std::string_view, 1> by_host{"host"};
constexpr std::array<std::string_view, 2> by_way{"endpoint", "ip_family"};

constexpr std::array plugin_families{
    MetricFamily{"cal_licenses_installed", "", MetricType::gauge, by_edition},
    MetricFamily{"cal_licenses_available", "", MetricType::gauge, by_edition},
    MetricFamily{"cal_session_host_grace_end_timestamp_seconds", "", MetricType::gauge, by_host},
    MetricFamily{"cal_endpoint_certificate_chain_not_after_timestamp_seconds", "",
                 MetricType::gauge, by_way},
    MetricFamily{"cal_endpoint_owned", "", MetricType::gauge, by_way},
};

double in_days(double days) { return static_cast<double>(1'795'545'600) + days * 86400; }

std::string data_of(std::vector<Sample> samples, std::string network = "ebs") {
  auto row = fakes::sample_row(std::move(network), fakes::reasons[0], "all is well");
  auto outcome = std::make_shared<Outcome>(*row.outcome);
  outcome->samples = std::move(samples);
  row.outcome = outcome;
  row.duration.reset();
  return performance_data({row}, sample_now);
}

std::string first_line_of(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

TEST_CASE("licenses have thresholds: none left, too few", "[nagios]") {
  const auto suite = [](double installed, double available) {
    return data_of({{&plugin_families[0], {"EBS CAL", "universal"}, installed},
                    {&plugin_families[1], {"EBS CAL", "universal"}, available}});
  };
  CHECK(suite(25, 5) == "'ebs_licenses_EBS CAL_universal'=20;24;25;0;25");
  CHECK(suite(25, -2) == "'ebs_licenses_EBS CAL_universal'=27;24;25;0;25");
  CHECK(suite(0, 0) == "'ebs_licenses_EBS CAL_universal'=0;;0;0;0");
  CHECK(data_of({{&plugin_families[0], {"EBS CAL", "universal"}, 25}}).empty());  // not all known
}

TEST_CASE("what ends first is counted in days", "[nagios]") {
  CHECK(data_of({{&plugin_families[2], {"rdsh1"}, in_days(40)},
                 {&plugin_families[2], {"rdsh2"}, in_days(12.5)}}) ==
        "'ebs_grace_days'=12.5;14:;0:");
  const std::vector<Sample> certificates{{&plugin_families[3], {"proxy:443", "any"}, in_days(9)},
                                         {&plugin_families[4], {"proxy:443", "any"}, 1},
                                         {&plugin_families[3], {"ms:443", "any"}, in_days(-1)},
                                         {&plugin_families[4], {"ms:443", "any"}, 0}};
  CHECK(data_of(certificates) ==
        "'ebs_certificate_days'=9.0;14:;0: 'ebs_other_certificate_days'=-1.0;;");
}

TEST_CASE("no text breaks the format of performance data", "[nagios]") {
  const auto data = data_of({{&plugin_families[0], {"a'b=c|d\ne\x1b", "\xFF"}, 1},
                             {&plugin_families[1], {"a'b=c|d\ne\x1b", "\xFF"}, 1}},
                            "it's");
  CHECK(data == "'it''s_licenses_a''b_c_d_e?_\uFFFD'=0;0;1;0;1");
}

TEST_CASE("all performance data has the form that plugins use", "[nagios]") {
  const auto text = nagios_report(fakes::sample_rows(), sample_now);
  const auto last_line = text.substr(text.rfind('\n', text.size() - 2) + 1);
  auto data = last_line.substr(last_line.find(" | ") + 3);
  data.pop_back();
  const std::regex form(
      R"(('([^'=|]|'')+'=-?[0-9.]+(s|%)?;([0-9.]+:?)?;([0-9.]+:?)?(;[0-9.]*(;[0-9.]*)?)?( |$))+)");
  INFO(data);
  CHECK(std::regex_match(data, form));
  CHECK(std::ranges::count(text, '|') == 1);
}

TEST_CASE("the first line is short, whatever was found", "[nagios]") {
  for (const auto& reason : fakes::reasons) {
    for (std::size_t shift = 0; shift < 4; ++shift) {
      std::string summary(shift, 'x');
      for (int i = 0; i < 100; ++i) summary += "\u00e4\u20ac";
      const auto text = nagios_report({fakes::sample_row("ebs", reason, summary)}, sample_now);
      const auto line = first_line_of(text);
      INFO(line);
      CHECK(line.size() < 120);
      CHECK(line.ends_with("..."));
      CHECK(line.find("\uFFFD") == line.npos);
      CHECK(text.find(summary) != text.npos);  // the whole text is below
    }
  }
}

TEST_CASE("errors are an UNKNOWN with all of them", "[nagios]") {
  CHECK(nagios_error("a.yml:3:1: 'x' is not a key\n") ==
        "CAL UNKNOWN - a.yml:3:1: 'x' is not a key\n");
  CHECK(nagios_error("one\ntwo | three\n") == "CAL UNKNOWN - one\none\ntwo / three\n");
  const std::string long_error(300, 'e');
  const auto shown = nagios_error(long_error);
  CHECK(first_line_of(shown).size() < 120);
  CHECK(shown.find('\n' + long_error + '\n') != shown.npos);
}
