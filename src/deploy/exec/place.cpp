#include "deploy/exec/place.h"
#include "base/printable.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "deploy/direct/surroundings.h"
#include "deploy/direct/user.h"
#include "deploy/exec/whereabouts.h"
#include "deploy/last_lines.h"
#include "deploy/release/release.h"
#include "deploy/world.h"
#include "sys/account.h"
#include "sys/digest.h"
#include "sys/files/log.h"
#include "sys/process/process.h"
#include "sys/process/supervise.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

// Only one release runs at a time: the command that puts the next one there takes the place of the last one. Which of
// the two slots that is says no more than who came after whom.
class ExecPlace : public Place {
  public:
    explicit ExecPlace(const World& world) : world_(world), settings_(world.settings), host_(world.host) {}

    Result<void> check_owner() override { return {}; } // the state folder is one of this app and environment
    Result<void> preflight() override { return can_start(); }
    std::vector<std::string> notes() override;
    Result<Release> read(const std::string& version, const std::string& commit) override;
    std::vector<Instance> instances(const std::string& slot) override { return {{.slot = slot}}; }
    Result<void> can_start() override;
    Result<void> can_stop() override;
    Result<void> presume_running() override;
    bool serves_at_once() const override { return true; }
    Result<Seen> observe() override;
    Result<bool> same_settings(const std::string& slot, const ReleaseInfo& release) override;
    Result<void> fetch(const Release&) override {
        new_ = true;
        return {};
    }
    Result<void> prepare(const ReleaseInfo& release) override;
    Result<void> start(const std::vector<Instance>& instances, const ReleaseInfo& release) override;
    Result<void> restart(const Instance& instance) override;
    Result<ProcessSeen> process(const Instance& instance) override;
    Result<void> keep_warm(const std::vector<Instance>&, Milliseconds) override { return {}; }
    Result<void> wake(const std::vector<Instance>&) override { return {}; }
    Result<std::string> address(const Instance&) override { return std::string(); } // nobody knows
    Result<bool> listens(const Instance&) override { return true; }
    Result<sys::HttpResponse> ask(const Instance& instance, Milliseconds limit) override;
    Result<void> end(const Instance& instance) override;
    Result<void> kill(const Instance&) override { return {}; }
    Result<void> clear(const Instance& instance) override;
    Result<void> commit(const std::string&, const std::string&) override { return {}; }
    Result<std::vector<std::string>> present() override;
    Result<std::vector<ledger::Damage>> damaged() override;
    Result<void> record_again() override;
    Result<void> prune(const std::vector<std::string>& kept) override;
    std::string log(const Instance&, std::size_t lines) override {
        return said_.empty() ? "only the target's own commands know where its log is" : last_lines_of(said_, lines);
    }
    std::string prepare_lines(std::size_t lines) override { return last_lines_of(said_, lines); }
    Result<void> check(const std::string&) override { return {}; }
    Result<std::string> drift(const std::string& release) override;

  private:
    Result<Whereabouts> whereabouts() const { return read_whereabouts(host_, world_.store); }
    Result<void> write(const Whereabouts& now) const { return write_whereabouts(host_, world_.store, now); }
    // Runs a command of the target to its end; error (no): it said no. `key` is its key of `target`.
    Result<sys::Output> run(std::string_view key, const std::vector<std::string>& argv, const ReleaseInfo& release);
    Result<void> put(const std::string& slot, const ReleaseInfo& release, bool back);
    Result<std::string> drift_from(const ReleaseInfo& release); // as target.current tells

    const World& world_;
    const Settings& settings_;
    sys::Host& host_;
    std::string said_; // the last command
    bool new_ = false; // what starts is deployed, not rolled back to
};

// The commands are told the version, so another one of the same files is another release.
Result<Release> ExecPlace::read(const std::string& version, const std::string& commit) {
    auto release = TRY(read_release(settings_, version, commit));
    auto& info = release.info;
    info.digest = sys::sha256(info.version + "\n" + info.digest);
    info.id = release_id(info.version, info.digest);
    return release;
}

std::vector<std::string> ExecPlace::notes() {
    std::vector<std::string> notes{
        fmt::format("'{}' deploys the release; only that command knows which requests are lost",
                    one_line(join(settings_.exec_deploy, " ")))};
    if (!settings_.exec_current.empty())
        notes.emplace_back("a plan does not run target.current; it assumes that the recorded release is there");
    if (settings_.exec_rollback.empty())
        notes.emplace_back(
            "a rollback runs target.deploy with the previous release, because there is no target.rollback");
    return notes;
}

Result<void> ExecPlace::can_start() {
    TRY_VOID(target_user(settings_));
    const auto environment = application_environment(world_.process, nullptr, assignments(world_.variables));
    const std::pair<std::string_view, const std::vector<std::string>*> commands[] = {
        {"target.deploy", &settings_.exec_deploy},
        {"target.rollback", &settings_.exec_rollback},
        {"target.current", &settings_.exec_current},
        {"target.down", &settings_.exec_down}};
    for (const auto& [key, argv] : commands)
        if (!argv->empty()) TRY_VOID(require_program(key, argv->front(), path_in(environment), settings_.env_folder));
    return {};
}

Result<void> ExecPlace::can_stop() {
    if (!settings_.exec_down.empty()) return {};
    return usage("target exec has no command that stops a release; write target.down, e.g. [./ctl, stop]");
}

Result<void> ExecPlace::presume_running() {
    auto now = TRY(whereabouts());
    if (!now.runs.empty() || now.releases.empty()) return {};
    const auto recorded = TRY(world_.store.state()).slot;
    now.runs = now.releases.contains(recorded) ? recorded : now.releases.begin()->first;
    return write(now);
}

Result<Seen> ExecPlace::observe() {
    const auto now = TRY(whereabouts());
    Seen seen;
    for (const auto& [slot, release] : now.releases)
        seen[{.slot = slot}] = {.running = slot == now.runs, .release = release};
    return seen;
}

Result<sys::Output> ExecPlace::run(std::string_view key, const std::vector<std::string>& argv,
                                   const ReleaseInfo& release) {
    const auto state = TRY(world_.store.state());
    const std::pair<std::string_view, std::string_view> words[] = {{"{release}", release.id},
                                                                   {"{version}", release.version},
                                                                   {"{commit}", release.commit},
                                                                   {"{previous}", state.current}};
    auto filled = argv;
    for (auto& word : filled)
        for (const auto& [name, value] : words) word = replace_all(word, name, value);
    const auto user = TRY(target_user(settings_));
    auto own = assignments(world_.variables);
    const auto told = told_of_release(settings_, release);
    own.insert(own.end(), told.begin(), told.end());
    const auto environment = application_environment(world_.process, user ? &*user : nullptr, own);
    filled[0] = TRY(require_program(key, argv[0], path_in(environment), settings_.env_folder));
    sys::Adoption adoption;
    auto ran = world_.host.run({.argv = filled,
                                .folder = settings_.env_folder,
                                .environment = environment,
                                .timeout = settings_.exec_timeout,
                                .keep_partial = true,
                                .user = user ? &*user : nullptr,
                                .dies_with_us = true,
                                .whose = key == "target.current" ? sys::Whose::question : sys::Whose::project});
    // What it left in other sessions, too; one that is done may have started what serves.
    if (!ran.ok() || ran->interrupted || ran->timed_out)
        if (const auto ended = adoption.end(); !ended.ok()) return ended.error();
    auto done = TRY(std::move(ran));
    said_ = done.out + done.err + (done.truncated ? "\n[cut]\n" : "");
    if (done.interrupted) return no("interrupted");
    if (done.timed_out)
        return no(fmt::format("{} was not done after {} and was ended; raise target.timeout if it may take longer", key,
                              format_duration(settings_.exec_timeout)));
    if (done.status != 0)
        return no(fmt::format("{} '{}' ended with status {}", key, one_line(join(argv, " ")), done.status));
    return done;
}

// What somebody took away meanwhile is put there again; a plan runs none of the commands.
Result<bool> ExecPlace::same_settings(const std::string&, const ReleaseInfo& release) {
    if (world_.only_looks) return true;
    const auto drift = drift_from(release);
    return drift.ok() && drift->empty();
}

Result<void> ExecPlace::prepare(const ReleaseInfo& release) {
    auto info = TRY(world_.store.release(release.id)).value_or(release);
    if (info.prepared) return {};
    for (const auto& argv : settings_.prepare) TRY_VOID(run("prepare", argv, release));
    info.prepared = true;
    return world_.store.write(info);
}

// From the moment the command begins nobody knows what runs, so nothing is recorded as running until it is done.
Result<void> ExecPlace::put(const std::string& slot, const ReleaseInfo& release, bool back) {
    auto now = TRY(whereabouts());
    now.runs.clear();
    now.releases[slot] = release.id;
    TRY_VOID(write(now));
    const bool by_rollback = back && !settings_.exec_rollback.empty();
    TRY_VOID(run(by_rollback ? "target.rollback" : "target.deploy",
                 by_rollback ? settings_.exec_rollback : settings_.exec_deploy, release));
    const auto before = said_; // what it was that put it there says more than who looked
    const auto drift = TRY(drift_from(release));
    said_ = before;
    if (!drift.empty()) return no(fmt::format("{} after {} was deployed", drift, release.id));
    now.runs = slot;
    return write(now);
}

Result<void> ExecPlace::start(const std::vector<Instance>& instances, const ReleaseInfo& release) {
    return put(instances.front().slot, release, !new_);
}

Result<void> ExecPlace::restart(const Instance& instance) {
    const auto now = TRY(whereabouts());
    const auto there = now.releases.find(instance.slot);
    const auto state = TRY(world_.store.state());
    const auto id = there == now.releases.end() ? state.current : there->second;
    const auto info = TRY(world_.store.release(id)).value_or(ReleaseInfo{.id = id, .version = version_of(id)});
    return put(instance.slot, info, true);
}

Result<ProcessSeen> ExecPlace::process(const Instance& instance) {
    const auto now = TRY(whereabouts());
    return ProcessSeen{.running = now.runs == instance.slot};
}

Result<sys::HttpResponse> ExecPlace::ask(const Instance&, Milliseconds limit) {
    return world_.http.send({.url = settings_.url + settings_.health.path,
                             .headers = settings_.health.headers,
                             .timeout = std::min(settings_.health.timeout, limit),
                             .rest_of_deadline = limit < settings_.health.timeout,
                             .fresh_connection = true,
                             .through_stop = true,
                             .ca_file = settings_.router.ca});
}

// Only what is still there is stopped: a release whose place another one took has ended.
Result<void> ExecPlace::end(const Instance& instance) {
    auto now = TRY(whereabouts());
    if (now.runs != instance.slot) return {};
    const auto& id = now.releases[instance.slot];
    const auto info = TRY(world_.store.release(id)).value_or(ReleaseInfo{.id = id, .version = version_of(id)});
    if (settings_.exec_down.empty()) // the very first one was sick; can_stop() keeps `down` away
        sys::log_warning(fmt::format("there is no target.down, so {} is not stopped", id));
    else
        TRY_VOID(run("target.down", settings_.exec_down, info));
    std::erase_if(now.releases, [&](const auto& one) { return one.first != instance.slot; }); // nothing runs at all
    now.runs.clear();
    return write(now);
}

Result<void> ExecPlace::clear(const Instance& instance) {
    auto now = TRY(whereabouts());
    if (now.releases.erase(instance.slot) == 0) return {};
    return write(now);
}

Result<std::vector<std::string>> ExecPlace::present() {
    std::vector<std::string> ids;
    for (const auto& id : TRY(world_.store.releases())) {
        const auto read = world_.store.release(id);
        const auto info = read.ok() ? read.value() : std::nullopt; // a damaged record is told by who acts
        if (info && info->prepared) ids.push_back(id);
    }
    return ids;
}

Result<std::vector<ledger::Damage>> ExecPlace::damaged() { return damaged_whereabouts(host_, world_.store); }

Result<void> ExecPlace::record_again() {
    const auto state = TRY(world_.store.state());
    if (state.current.empty()) return {};
    const auto now = TRY(whereabouts());
    TRY_VOID(write(now));
    if (TRY(world_.store.release(state.current))) return {};
    return world_.store.write({.id = state.current, .version = version_of(state.current), .prepared = true});
}

Result<void> ExecPlace::prune(const std::vector<std::string>& kept) {
    const auto now = TRY(whereabouts());
    for (const auto& id : TRY(world_.store.releases())) {
        const bool placed =
            std::any_of(now.releases.begin(), now.releases.end(), [&](const auto& one) { return one.second == id; });
        if (!placed && std::find(kept.begin(), kept.end(), id) == kept.end()) TRY_VOID(world_.store.forget_release(id));
    }
    return {};
}

Result<std::string> ExecPlace::drift_from(const ReleaseInfo& release) {
    if (settings_.exec_current.empty()) return std::string();
    const auto done = TRY(run("target.current", settings_.exec_current, release));
    const auto there = std::string(trim(std::string_view(done.out)));
    if (!there.empty() && (is_meant(release.id, there) || there == release.commit)) return std::string();
    constexpr std::size_t shown = 100;
    const auto whole = one_line(mask(there.substr(0, 100 * shown))); // before it is cut: no half of a secret is left
    return fmt::format("target.current says '{}'{}", to_valid_utf8(whole.substr(0, shown)),
                       whole.size() > shown ? "..." : "");
}

Result<std::string> ExecPlace::drift(const std::string& release) {
    const auto info = TRY(world_.store.release(release)).value_or(ReleaseInfo{.id = release});
    return drift_from(info);
}

}

std::unique_ptr<Place> make_exec(const World& world) { return std::make_unique<ExecPlace>(world); }

}
