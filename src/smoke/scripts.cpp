#include "smoke/scripts.h"
#include "base/text.h"
#include "base/url.h"
#include "smoke/hurl/play.h"
#include "smoke/hurl/scope.h"
#include "smoke/runner.h"
#include "sys/files/beneath.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include "sys/signals.h"
#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fmt/format.h>
#include <thread>

namespace fairlead::smoke {

namespace {

using hurl::Fault;
using hurl::Played;

constexpr std::string_view rule_of_scripts = "smoke/assert";
constexpr std::uint64_t largest_script = 16u << 20;

// As the user sees it from here, so that a finding names a file of the repository.
std::string from_here(const std::string& path) {
    std::error_code ignored;
    const auto relative =
        std::filesystem::path(path).lexically_relative(std::filesystem::current_path(ignored)).string();
    return relative.empty() || relative.starts_with("..") ? path : relative;
}

Result<Script> read_script(const std::string& path) {
    auto text = sys::read_file(path, largest_script);
    if (!text.ok()) return usage(text.error().message, {path, 0, 0, {}});
    auto file = TRY(hurl::read_file(from_here(path), std::move(text).value()));
    auto folder = std::filesystem::absolute(path).lexically_normal().parent_path().string();
    return Script{std::make_shared<const hurl::File>(std::move(file)), std::move(folder), {}, {}};
}

Tried::End end_of(const Played& played) {
    switch (played.end) {
    case Played::End::passed: return Tried::End::passed;
    case Played::End::failed: return Tried::End::failed;
    case Played::End::skipped: return Tried::End::skipped;
    case Played::End::unasked: break;
    }
    return Tried::End::cancelled;
}

// "GET /path": the entry in messages, if no comment names it.
std::string short_name(const Played& played, const hurl::File& file) {
    const auto& request = played.entry->request;
    if (!played.url.empty())
        if (const auto url = parse_url(played.url); url.ok())
            return request.method + " " + (url->path.empty() ? "/" : url->path);
    const auto begin = file.place(request.url.spot).excerpt;
    return std::string(trim(std::string_view(begin)));
}

Tried tried_of(const Played& played, const Script& script) {
    const auto& file = *script.file;
    Tried tried;
    const auto own = short_name(played, file);
    tried.check.method = played.method;
    tried.check.name = fmt::format("{}:{}: {}{}", file.name, played.entry->request.spot.line,
                                   played.entry->title.empty() ? own : played.entry->title, script.suffix);
    tried.check.url = played.url.empty() ? own : played.url;
    tried.check.place = file.place(played.entry->request.spot);
    tried.end = end_of(played);
    if (tried.end == Tried::End::skipped) tried.check.skip = "the option skip or repeat";
    tried.attempts = played.attempts;
    tried.flaky = played.end == Played::End::passed && played.was_retried;
    tried.time = played.time;
    tried.output = played.output;
    tried.shown = played.shown;
    for (const auto& fault : played.faults) {
        const auto place = file.place(fault.spot);
        tried.faults.push_back({{fault.rule, fmt::format("{}: {}", own, fault.message)}, place});
        tried.is_malformed = tried.is_malformed || fault.cause == Fault::Cause::script;
    }
    if (!tried.faults.empty())
        tried.wrong = tried.faults.front().what;
    else if (tried.flaky)
        tried.wrong = {std::string(rule_of_scripts), played.last_fault};
    return tried;
}

class Theatre {
  public:
    Theatre(const Plan& plan, sys::Http& http, sys::Clock& clock, sys::Clock::Steady end, sys::Cancel& cancel)
        : plan_(plan), http_(http), clock_(clock), end_(end), cancel_(cancel) {}

    enum class As { setup, file, teardown };
    Result<std::vector<Tried>> play(const Script& script, hurl::Scope& scope, As as) const;
    hurl::Scope scope_of(const Script& script) const;
    void set_base(const Script& script, hurl::Scope& scope) const { // unless the user has set it
        if (!script.base.empty() && !plan_.scripts.variables.contains("base"))
            scope.set("base", hurl::Value{script.base});
    }

  private:
    const Plan& plan_;
    sys::Http& http_;
    sys::Clock& clock_;
    sys::Clock::Steady end_;
    sys::Cancel& cancel_;
};

hurl::Scope Theatre::scope_of(const Script& script) const {
    hurl::Scope scope;
    set_base(script, scope);
    for (const auto& [name, value] : plan_.scripts.variables) scope.set(name, value);
    for (const auto& [name, value] : plan_.scripts.secrets) scope.set_secret(name, value);
    return scope;
}

Result<std::vector<Tried>> Theatre::play(const Script& script, hurl::Scope& scope, As as) const {
    constexpr Milliseconds shortest_teardown{10'000}; // also after the deadline
    const auto& scripts = plan_.scripts;
    auto root = sys::Root::open(scripts.file_root.empty() ? script.folder : scripts.file_root);
    if (!root.ok()) return usage(root.error().message);
    const hurl::Files files{std::move(root).value(), script.folder};
    hurl::Stage stage{.http = http_,
                      .clock = clock_,
                      .end = end_,
                      .cancel = &cancel_,
                      .files = files,
                      .settings = scripts.settings,
                      .ca_file = plan_.ca_file};
    stage.readdress = [this](sys::HttpRequest& request) { ask_at(plan_, request); };
    stage.body_limit = scripts.body_limit;
    stage.include = scripts.include;
    stage.continue_on_error = scripts.continue_on_error;
    if (as == As::teardown) {
        stage.cancel = nullptr;
        stage.end = std::max(end_, clock_.steady() + shortest_teardown);
    }
    if (as != As::teardown && !plan_.ready && plan_.retry.attempts == 0)
        stage.is_starting = [this](const std::string& method, const sys::HttpResponse& response) {
            const auto outcome = classify(response, Mismatch{}, plan_.retry);
            return outcome == Outcome::starting && try_again(outcome, Phase::ready, method, response);
        };
    if (as == As::file) stage.from = scripts.from, stage.to = scripts.to;
    std::vector<Tried> all;
    sys::show_status("playing " + script.file->name + script.suffix);
    for (const auto& played : TRY(hurl::play(*script.file, stage, scope))) all.push_back(tried_of(played, script));
    return all;
}

bool has_failed(const std::vector<Tried>& all) {
    return std::any_of(all.begin(), all.end(), [](const Tried& one) { return one.end == Tried::End::failed; });
}

}

bool names_script(std::string_view word) {
    if (is_absolute_url(word)) return false;
    std::error_code ignored;
    return word.ends_with(".hurl") || std::filesystem::is_directory(word, ignored);
}

Result<std::vector<Script>> read_scripts(const std::string& word) {
    std::vector<std::string> paths;
    std::error_code ignored;
    if (std::filesystem::is_directory(word, ignored)) {
        paths = TRY(sys::glob(word, "**/*.hurl"));
        for (auto& path : paths) path = word + (word.ends_with('/') ? "" : "/") + path;
    } else if (word.find_first_of("*?[{") != std::string::npos && !std::filesystem::exists(word, ignored)) {
        paths = TRY(sys::glob(".", word));
    } else {
        paths = {word};
    }
    if (paths.empty()) return usage(fmt::format("no Hurl file matches '{}'", word));
    std::vector<Script> all;
    for (const auto& path : paths) {
        auto script = TRY(read_script(path));
        all.push_back(std::move(script));
    }
    return all;
}

std::vector<std::string> written_by_scripts(const Scripts& scripts) {
    std::vector<std::string> all;
    const auto writes = [](const hurl::Entry& entry) {
        return std::any_of(entry.request.options.begin(), entry.request.options.end(),
                           [](const hurl::OptionUse& use) { return use.row->name == "output"; });
    };
    auto files = scripts.files;
    for (const auto* one : {&scripts.setup, &scripts.teardown})
        if (*one) files.push_back(**one);
    for (const auto& script : files)
        if (std::any_of(script.file->entries.begin(), script.file->entries.end(), writes))
            all.push_back((scripts.file_root.empty() ? script.folder : scripts.file_root) + "/");
    return all;
}

bool is_empty_by_word(const Plan& plan) {
    const auto is_empty = [](const Script& script) { return script.file->entries.empty(); };
    if (plan.ready || !plan.checks.empty() || plan.scripts.empty() ||
        !std::all_of(plan.scripts.files.begin(), plan.scripts.files.end(), is_empty))
        return false;
    for (const auto& script : plan.scripts.files) sys::log_warning(script.file->name + " has no request");
    return true;
}

Result<std::vector<Tried>> play_scripts(const Plan& plan, sys::Http& http, sys::Clock& clock, sys::Clock::Steady end,
                                        sys::Cancel& cancel) {
    const auto& scripts = plan.scripts;
    const Theatre theatre(plan, http, clock, end, cancel);
    std::vector<Tried> all;
    std::optional<hurl::Scope> prepared; // with the captures of setup
    bool goes_on = true;
    if (scripts.setup) {
        prepared = theatre.scope_of(*scripts.setup);
        all = TRY(theatre.play(*scripts.setup, *prepared, Theatre::As::setup));
        goes_on = !has_failed(all);
    }
    std::vector<std::optional<Result<std::vector<Tried>>>> slots(scripts.files.size());
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < slots.size(); i = next++) {
            auto scope = prepared ? *prepared : theatre.scope_of(scripts.files[i]);
            theatre.set_base(scripts.files[i], scope);
            slots[i] = theatre.play(scripts.files[i], scope, Theatre::As::file);
            if (!slots[i]->ok() || (plan.fail_fast && has_failed(slots[i]->value()))) cancel.ask();
        }
    };
    if (goes_on) {
        std::vector<std::jthread> workers;
        const auto jobs = scripts.parallel ? std::min(static_cast<std::size_t>(plan.jobs), slots.size()) : 1;
        for (std::size_t i = 1; i < jobs; ++i) workers.emplace_back(work);
        work();
    }
    std::optional<Error> stopped;
    for (std::size_t i = 0; i < slots.size(); ++i) {
        auto& slot = slots[i];
        if (!slot) {
            for (const auto& entry : scripts.files[i].file->entries)
                all.push_back(tried_of(hurl::unasked(entry), scripts.files[i]));
            continue;
        }
        if (!slot->ok())
            stopped = slot->error();
        else
            all.insert(all.end(), std::make_move_iterator(slot->value().begin()),
                       std::make_move_iterator(slot->value().end()));
    }
    if (scripts.teardown) {
        auto scope = prepared ? *prepared : theatre.scope_of(*scripts.teardown);
        auto tidied = TRY(theatre.play(*scripts.teardown, scope, Theatre::As::teardown));
        for (auto& one : tidied) one.is_malformed = one.is_malformed && goes_on; // else it lacks what setup captures
        all.insert(all.end(), std::make_move_iterator(tidied.begin()), std::make_move_iterator(tidied.end()));
    }
    if (stopped) return *stopped;
    return all;
}

}
