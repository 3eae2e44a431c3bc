#include "agent/commands/serve.h"

#include "agent/base/host_port.h"
#include "agent/base/log.h"
#include "agent/base/terminal.h"
#include "agent/base/text.h"
#include "agent/base/url.h"
#include "agent/base/version.h"
#include "agent/commands/repair_reply.h"
#include "agent/commands/report_json.h"
#include "agent/commands/service_manager.h"
#include "agent/config/config.h"
#include "agent/diagnosis/change_log.h"
#include "agent/diagnosis/diagnosis.h"
#include "agent/http/audience.h"
#include "agent/http/own_names.h"
#include "agent/http/server.h"
#include "agent/http/web_access.h"
#include "agent/metrics/metrics.h"
#include "agent/metrics/metrics_endpoint.h"
#include "agent/metrics/process_metrics.h"
#include "agent/metrics/textfile.h"
#include "agent/pages/assets.h"
#include "agent/pages/licenses_page.h"
#include "agent/pages/link.h"
#include "agent/pages/open_view.h"
#include "agent/pages/probe_page.h"
#include "agent/pages/runbook_page.h"
#include "agent/pages/status_page.h"
#include "agent/run/board.h"
#include "agent/run/clock_watch.h"
#include "agent/run/publisher.h"
#include "agent/run/scheduler.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <mutex>
#include <optional>

namespace cal {

namespace {

constexpr Milliseconds stop_grace{5'000};
constexpr Milliseconds min_pause{1'000};  // between two publications

// The running agent. Its members are destroyed in the reverse order: first the server, then the
// publisher, last the scheduler with its runs.
class Agent {
 public:
  Agent(const CommandLine& line, const Registry& registry, StateFolder state_folder, Config config,
        WebAccess web_access)
      : line_(line),
        registry_(registry),
        state_folder_(std::move(state_folder)),
        web_access_(std::move(web_access)),
        scheduler_(board_, {}),
        links_(link_prefix(line)),
        server_(server_settings(line)) {
    state_.external_url = line.external_url;
    state_.scheme = scheme();
    if (!line.textfile.empty()) textfile_.emplace(line.textfile);
    adopt(std::move(config));
    add_routes();
  }

  void start() {
    const std::lock_guard lock(reload_mutex_);  // a listening server may be asked to reload
    publish(board_.rows(), {});                 // so that the first scrape finds every family
    const auto publish_and_notify = [this](const Rows& rows, const auto& changes) {
      publish(rows, changes);
      service_manager::alive();
    };
    publisher_.emplace(board_, publish_and_notify, min_pause, service_manager::heartbeat());
    server_.start(web_access_.current());
    for (const auto& address : server_.addresses()) {
      log(LogLevel::info, "listening", {{"address", address}});
    }
    scheduler_.replace(instances_);
    service_manager::ready(watching());
  }

  // Empty on success; else the errors, and the previous configuration stays in effect.
  std::string reload() {
    const std::lock_guard lock(reload_mutex_);
    service_manager::reloading();
    auto config = load_config(line_.config_file, registry_, state_folder_);
    if (!config) {
      auto text = config.error().text(max_logged_config_errors);
      {
        const std::lock_guard state_lock(state_mutex_);
        state_.last_reload_successful = false;
      }
      log(LogLevel::error, "reloading the configuration failed; the previous one stays in effect",
          {{"errors", text}});
      publisher_->request();
      service_manager::ready("the configuration has errors; the previous one stays in effect");
      return text;
    }
    adopt(std::move(*config));
    scheduler_.replace(instances_);
    log(LogLevel::info, "configuration reloaded", {{"probes", std::to_string(instances_.size())}});
    service_manager::ready(watching());
    return "";
  }

  // Not on a thread of the server: it would wait for its own request to end.
  void renew_web_access() {
    web_access_.renew(server_);
    const std::lock_guard lock(state_mutex_);
    state_.scheme = scheme();
  }

  bool stop() {
    service_manager::stopping();
    server_.stop();
    return scheduler_.stop(stop_grace);
  }

 private:
  static std::string external_path(const CommandLine& line) {
    return std::string(parse_page_url(line.external_url).path);
  }

  // Without the option the agent answers with and without the prefix: a proxy may remove it.
  static Router::Prefix route_prefix(const CommandLine& line) {
    if (!line.route_prefix) return {.path = external_path(line)};
    return {.path = *line.route_prefix, .required = !line.route_prefix->empty()};
  }

  static std::string link_prefix(const CommandLine& line) {
    if (!line.external_url.empty()) return external_path(line);
    return line.route_prefix.value_or("");
  }

  static HttpServer::Settings server_settings(const CommandLine& line) {
    auto names = own_names();
    names.insert(names.end(), line.allowed_hosts.begin(), line.allowed_hosts.end());
    for (const auto& address : line.listen_addresses) {
      if (const auto parts = parse_host_port(address)) names.emplace_back(parts->host);
    }
    return {.listen_addresses = line.listen_addresses,
            .prefix = route_prefix(line),
            .hosts = AllowedHosts(names, line.external_url),
            // Scrapers and load balancers use names of their own, and these pages show no plans.
            .paths_for_any_host = {"/metrics", "/-/healthy", "/-/ready"},
            .behind_proxy = !line.external_url.empty() &&
                            !is_loopback_host(parse_page_url(line.external_url).authority),
            .on_error = [](std::string_view what) {
              log(LogLevel::error, "handling a request failed", {{"error", std::string(what)}});
            }};
  }

  std::string_view scheme() const { return web_access_.current().tls ? "https" : "http"; }

  void adopt(Config config) {
    instances_ = keep_unchanged(instances_, config.instances);
    {
      const std::lock_guard lock(state_mutex_);
      state_.last_reload_successful = true;
      state_.last_reload_success = std::chrono::system_clock::now();
      state_.paused = network_names(config.paused);
      shown_config_ = std::move(config.shown);
    }
    board_.replace(instances_);
  }

  std::string watching() const {
    return fmt::format("{}; serving on {}", counted(instances_.size(), "probe"),
                       fmt::join(server_.addresses(), ", "));
  }

  std::vector<std::string> paused() {
    const std::lock_guard lock(state_mutex_);
    return state_.paused;
  }

  void publish(const Rows& rows, const std::vector<Change>& changes) {
    for (const auto& change : changes) log_change(change);
    const auto diagnoses = diagnose_all(rows);
    const bool complete = every_probe_ran(rows);
    // Before that, the diagnosis changes with each result.
    if (complete) diagnosis_log_.note(diagnoses);
    AgentState state;
    {
      const std::lock_guard lock(state_mutex_);
      state = state_;
    }
    state.network_families = registry_.network_families;
    state.network_samples = registry_.network_samples();
    state.late_starts = scheduler_.late_starts();
    state.history_bytes = board_.all_history_bytes();
    state.failed_handshakes = server_.failed_handshakes();
    ExpositionWriter writer(page_.get());
    write_metrics(rows, diagnoses, registry_.kinds, state, sample_lines_,
                  [&](std::string_view lines) { writer.append(lines); });
    page_ = writer.finish();
    metrics_.publish(page_);
    ready_ = complete;
    if (textfile_) textfile_->write(*page_);
  }

  void add_routes() {
    using enum Router::Run;
    auto& router = server_.router();
    const Links paths;
    Reply healthy(Response{.body = "cal_exporter is healthy.\n"});
    Reply style(asset_response("text/css; charset=utf-8", asset("style.css")));
    Reply script(asset_response("text/javascript; charset=utf-8", asset("refresh.js")));
    router.get("/metrics", immediate, [this](const Request& request) {
      return metrics_.reply(request, std::chrono::steady_clock::now());
    });
    router.get("/-/healthy", immediate, [healthy](const Request&) { return healthy; });
    router.get("/-/ready", immediate, [this](const Request&) { return ready(); });
    router.get(paths.style_sheet().url(), immediate, [style](const Request&) { return style; });
    router.get(paths.refresh_script().url(), immediate,
               [script](const Request&) { return script; });
    router.get("/", deferred, [this](const Request& request) {
      return html_response(
          status_page(links_, rows_for(request), {request.search, request.cause}, now(), paused()));
    });
    router.get(paths.licenses().url(), deferred, [this](const Request&) {
      return html_response(licenses_page(links_, board_.rows(), now()));
    });
    router.get_below("/probes/", deferred,
                     [this](const Request& request) { return probe_reply(request); });
    router.get_below("/runbooks/", deferred,
                     [this](const Request& request) { return runbook_reply(request); });
    router.get("/api/v1/status", deferred, [this](const Request& request) {
      return Response{.content_type = "application/json",
                      .body = json_report(rows_for(request), now())};
    });
    router.get(paths.repair_plans().url(), deferred, [this](const Request& request) {
      return repair_reply(request, board_.rows(), registry_.runbook, now());
    });
    router.get("/config", deferred, [this](const Request&) {
      const std::lock_guard lock(state_mutex_);
      return Response{.body = shown_config_};
    });
    router.post("/-/reload", deferred, [this](const Request&) { return reload_reply(); });
  }

  static SystemTime now() { return std::chrono::system_clock::now(); }

  static Response asset_response(std::string content_type, std::string_view text) {
    return {.content_type = std::move(content_type),
            .body = std::string(text),
            .headers = {{"Cache-Control", "max-age=3600"}}};
  }

  static Response html_response(std::string page) {
    return {.content_type = "text/html; charset=utf-8", .body = std::move(page)};
  }

  static Response not_found(std::string_view what) {
    return {.status = 404, .body = fmt::format("{}; see /\n", what)};
  }

  Rows rows_for(const Request& request) const {
    auto rows = board_.rows();
    return request.audience == Audience::trusted ? rows : open_rows(std::move(rows));
  }

  std::optional<Board::Past> past_for(const Request& request, std::string_view network,
                                      std::string_view probe) const {
    auto past = board_.past(network, probe);
    if (!past || request.audience == Audience::trusted) return past;
    past->row = open_rows({past->row}).front();
    past->episodes = open_episodes(std::move(past->episodes));
    return past;
  }

  // /probes/NETWORK/PROBE
  Response probe_reply(const Request& request) const {
    auto path = request.path;
    path.remove_prefix(std::string_view("/probes/").size());
    const auto slash = path.find('/');
    if (slash == path.npos) return not_found("a probe's page is /probes/NETWORK/PROBE");
    const auto past = past_for(request, path.substr(0, slash), path.substr(slash + 1));
    if (!past) return not_found("there is no such probe");
    return html_response(probe_page(links_, *past, now()));
  }

  // /runbooks/PROBE?network=NETWORK
  Response runbook_reply(const Request& request) const {
    auto path = request.path;
    path.remove_prefix(std::string_view("/runbooks/").size());
    const auto markdown = registry_.runbook(path);
    if (markdown.empty()) return not_found("there is no such runbook");
    const auto past = past_for(request, request.network, path);
    return html_response(runbook_page(links_, path, markdown, rows_for(request), request.network,
                                      past ? past->episodes : std::vector<Episode>{}, now(),
                                      request.audience));
  }

  Response ready() const {
    if (ready_) return {.body = "cal_exporter is ready.\n"};
    return {.status = 503, .body = "Some probes have not run yet.\n"};
  }

  Response reload_reply() {
    if (!line_.enable_lifecycle) {
      return {.status = 403,
              .body = "Start cal_exporter with --web.enable-lifecycle to allow this.\n"};
    }
    const auto wrong = reload();
    if (wrong.empty()) return {.body = "reloaded\n"};
    return {.status = 500, .body = "The previous configuration stays in effect.\n" + wrong};
  }

  const CommandLine& line_;
  const Registry& registry_;
  const StateFolder state_folder_;

  std::mutex reload_mutex_;  // one reload at a time; guards instances_
  Instances instances_;
  WebAccess web_access_;

  std::mutex state_mutex_;
  AgentState state_;
  std::string shown_config_;

  Board board_;
  DiagnosisLog diagnosis_log_;
  std::optional<Textfile> textfile_;
  // The newest page and its lines; from the start on the publisher's thread alone.
  std::shared_ptr<const Exposition> page_;
  SampleLines sample_lines_;
  std::atomic<bool> ready_ = false;  // whether the page that is served knows a run of every probe
  MetricsEndpoint metrics_{[process = ProcessMetrics()] { return process.text(); }};
  Scheduler scheduler_;
  const Links links_;
  std::optional<Publisher> publisher_;  // from the start on, when the board has its rows
  HttpServer server_;
};

void obey_signals(Agent& agent) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGHUP, SIGTERM, SIGINT}) sigaddset(&signals, signal);
  ClockWatch clock_watch(Moment::now());
  while (true) {
    const timespec pause{.tv_sec = 5, .tv_nsec = 0};
    const int signal = sigtimedwait(&signals, nullptr, &pause);
    if (signal > 0 && signal != SIGHUP) return;
    if (signal == SIGHUP) agent.reload();
    if (const auto jump = clock_watch.jump(Moment::now())) log_clock_jump(*jump);
    agent.renew_web_access();  // renewed certificates take effect without a signal
  }
}

}  // namespace

int serve(const CommandLine& line, const Registry& registry) {
  const StateFolder state_folder(line.state_folder, StateFolder::Access::read_write);
  auto config = load_config(line.config_file, registry, state_folder);
  auto web_access = WebAccess::load(line.web_config_file);
  if (!config || !web_access) {
    if (!config) lines_to_terminal(stderr, config.error().text());
    if (!web_access) lines_to_terminal(stderr, web_access.error().text());
    return 2;
  }
  log(LogLevel::info, "starting",
      {{"version", std::string(version)}, {"probes", std::to_string(config->instances.size())}});
  Agent agent(line, registry, state_folder, std::move(*config), std::move(*web_access));
  try {
    agent.start();
  } catch (const std::exception& error) {
    log(LogLevel::error, "starting the HTTP server failed", {{"error", error.what()}});
    return 2;
  }
  obey_signals(agent);
  if (!agent.stop()) {
    log(LogLevel::warning,
        "a probe run is stuck in a blocking call; exiting without waiting for it");
    _exit(0);
  }
  log(LogLevel::info, "stopped");
  return 0;
}

}  // namespace cal
