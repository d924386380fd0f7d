#include "base/text.h"
#include "deploy/direct/keeper.h"
#include "deploy/direct/variables.h"
#include "sys/clock.h"
#include <algorithm>
#include <csignal>
#include <fmt/format.h>

namespace fairlead::deploy {

namespace {

constexpr const char* homes[] = {"x", "y"};
constexpr Milliseconds look_at_reload{20};

// A process has a home, x or y, beside the slots: a folder where it is started, whose link `release` leads to that of
// the slot that has it. Another slot takes it over by that link and a signal; the slot's own link `home` says where.
class ReloadKeeper : public Keeper {
  public:
    ReloadKeeper(const Layout& layout, const World& world, std::unique_ptr<Keeper> inner)
        : layout_(layout), world_(world), host_(world.host), inner_(std::move(inner)) {}

    bool knows(const std::string& slot) override { return !home_of(slot).empty() || inner_->knows(slot); }

    Result<void> start(const std::string& slot, const Launch& launch) override {
        if (slot != "a" && slot != "b") return inner_->start(slot, launch); // a worker has no code to read again
        std::string free;
        for (const std::string home : homes) {
            const auto seen = TRY(inner_->seen(home));
            if (!seen.running) free = free.empty() ? home : free;
            if (seen.running && !seen.ending && was_started_so(home, slot, launch))
                return take_over(home, slot, seen.restarts);
        }
        if (free.empty())
            return could_not(
                "both places (x and y) for a reloaded process are in use; run `fairlead-deploy down` first");
        return start_in(free, slot, launch);
    }

    Result<ProcessSeen> seen(const std::string& slot) override {
        const auto home = home_of(slot);
        auto seen = TRY(inner_->seen(home.empty() ? slot : home));
        if (home.empty()) return seen;
        const bool its = holder_of(home) == slot && !is_pending(home);
        seen.restarts = std::max(0, seen.restarts - restarts_before(slot));
        return its ? seen : ProcessSeen{.last_status = seen.last_status};
    }

    sys::ProcessId main_process(const std::string& slot) override {
        return is_others(slot) ? sys::ProcessId{} : inner_->main_process(at(slot));
    }
    Result<void> keep_warm(const std::string& slot, Milliseconds time) override {
        return inner_->keep_warm(at(slot), time);
    }
    Result<void> wake(const std::string& slot) override { return inner_->wake(at(slot)); }
    Result<void> end(const std::string& slot) override {
        return is_others(slot) ? Result<void>() : inner_->end(at(slot));
    }
    Result<void> kill(const std::string& slot) override {
        return is_others(slot) ? Result<void>() : inner_->kill(at(slot));
    }
    Result<void> clear(const std::string& slot) override {
        const auto home = home_of(slot);
        if (home.empty()) return inner_->clear(slot);
        if (holder_of(home) == slot) {
            TRY_VOID(inner_->clear(home));
            TRY_VOID(host_.remove_tree(layout_.socket(home)));
        }
        return remove_alias(slot);
    }
    Result<void> check(const std::vector<std::string>& slots) override {
        auto all = slots;
        for (const auto* const home : homes) all.emplace_back(home);
        return inner_->check(all);
    }
    Result<void> outlast(const std::string& slot) override { return inner_->outlast(at(slot)); }

    Result<void> forget(const std::string& slot) override {
        const auto home = home_of(slot);
        if (home.empty()) return inner_->forget(slot);
        if (holder_of(home) == slot) {
            TRY_VOID(inner_->forget(home));
            TRY_VOID(host_.remove_tree(layout_.slot(home)));
        }
        for (const auto& path : {home_link(slot), since_of(slot)}) TRY_VOID(host_.remove_tree(path));
        return {};
    }

    Result<void> commit(const std::vector<std::string>& serving, const std::vector<std::string>& others) override {
        std::vector<std::string> serve, rest;
        for (const auto& slot : serving) serve.push_back(at(slot));
        for (const auto& slot : others)
            if (!is_others(slot)) rest.push_back(at(slot));
        return inner_->commit(serve, rest);
    }

  private:
    sys::Path home_link(const std::string& slot) const { return layout_.slot(slot) / "home"; }
    sys::Path since_of(const std::string& slot) const { return layout_.slot(slot) / "since"; }
    sys::Path pending(const std::string& home) const { return layout_.slot(home) / "pending"; }
    int restarts_before(const std::string& slot) { // that it took the process over
        const auto since = parse_integer(trim(host_.read_file(since_of(slot)).value_or(""))).value_or(0);
        return static_cast<int>(since);
    }
    // What ended under the one that has it and was only just started again: it may not hear our signal yet, which then
    // ends it. Linux counts the ticks of a start in hundredths of a second.
    bool is_fresh_from_an_end(const std::string& home, const sys::ProcessId& main, int restarts) {
        constexpr std::int64_t young = 10'000;
        const auto age = sys::boot_time().count() - static_cast<std::int64_t>(main.started) * 10;
        return restarts > restarts_before(holder_of(home)) && (main.pid == 0 || age < young);
    }
    bool is_pending(const std::string& home) { return host_.inspect(pending(home)).type != sys::FileType::absent; }

    // Empty: it has none, and is kept under its own name.
    std::string home_of(const std::string& slot) {
        auto kept = kept_as(host_, layout_, slot);
        return kept == slot ? std::string() : kept;
    }
    std::string holder_of(const std::string& home) { // "../b/release"
        const auto link = host_.read_link(layout_.slot_release(home));
        return link.ok() ? sys::Path(link.value()).parent_path().filename().string() : std::string();
    }
    std::string at(const std::string& slot) {
        const auto home = home_of(slot);
        return home.empty() ? slot : home;
    }
    bool is_others(const std::string& slot) {
        const auto home = home_of(slot);
        return !home.empty() && holder_of(home) != slot;
    }

    // The process sees its home's folder where the slot's launch says the release's, and binds its home's socket.
    std::string moved(std::string text, const std::string& home, const std::string& slot, const Launch& launch) const {
        text = replace_all(text, launch.folder, layout_.slot_release(home).string());
        return replace_all(text, layout_.socket(slot).string(), layout_.socket(home).string());
    }
    Launch at_home(const std::string& home, const std::string& slot, const Launch& launch) const {
        Launch own = launch;
        for (auto& word : own.argv) word = moved(word, home, slot, launch);
        own.folder = layout_.slot_release(home).string();
        own.socket = layout_.socket(home).string();
        own.log = layout_.log(home).string();
        return own;
    }
    // PWD names the link, so that who goes back there at each reload (gunicorn) goes to the next release.
    std::string env_at_home(const std::string& home, const std::string& slot, const Launch& launch) {
        const auto text = host_.read_file(layout_.env(slot)).value_or("");
        return moved(text, home, slot, launch) +
               fmt::format("PWD={}\n", quote_env(layout_.slot_release(home).string()));
    }
    // But for what tells it of its release: a signal changes no variable.
    static std::string without_release(const std::string& env) {
        std::string kept;
        for (const auto& line : split(env, '\n')) {
            const auto names = {"FAIRLEAD_RELEASE=", "FAIRLEAD_VERSION=", "FAIRLEAD_COMMIT=", "FAIRLEAD_SLOT="};
            if (std::none_of(names.begin(), names.end(), [&](const auto* name) { return line.starts_with(name); }))
                kept += line + "\n";
        }
        return kept;
    }
    bool was_started_so(const std::string& home, const std::string& slot, const Launch& launch) {
        return host_.read_file(layout_.launch(home)).value_or("") == to_json(at_home(home, slot, launch)) &&
               without_release(host_.read_file(layout_.env(home)).value_or("")) ==
                   without_release(env_at_home(home, slot, launch));
    }

    Result<void> start_in(const std::string& home, const std::string& slot, const Launch& launch) {
        const auto own = at_home(home, slot, launch);
        TRY_VOID(host_.make_folders(layout_.slot(home), 0750));
        TRY_VOID(host_.write_file(layout_.env(home), env_at_home(home, slot, launch), 0600));
        TRY_VOID(host_.write_file(layout_.launch(home), to_json(own), 0640));
        TRY_VOID(host_.remove_tree(pending(home)));
        TRY_VOID(host_.remove_tree(since_of(slot)));
        TRY_VOID(give(home, slot));
        return inner_->start(home, own);
    }

    Result<void> give(const std::string& home, const std::string& slot) {
        const auto up = sys::Path("..");
        TRY_VOID(host_.replace_symlink(up / home, home_link(slot)));
        TRY_VOID(remove_alias(slot));
        TRY_VOID(layout_.apart ? host_.replace_symlink(home, layout_.socket_folder(slot))
                               : host_.replace_symlink(layout_.socket(home).filename(), layout_.socket(slot)));
        return host_.replace_symlink(up / slot / "release", layout_.slot_release(home));
    }
    Result<void> remove_alias(const std::string& slot) {
        return host_.remove_tree(layout_.apart ? layout_.socket_folder(slot) : layout_.socket(slot));
    }

    Result<void> take_over(const std::string& home, const std::string& slot, int restarts) {
        const auto main = inner_->main_process(home);
        const bool anew = is_fresh_from_an_end(home, main, restarts);
        TRY_VOID(host_.write_file(pending(home), slot + "\n", 0640));
        TRY_VOID(host_.write_file(since_of(slot), fmt::format("{}\n", restarts + (anew && main.pid != 0)), 0640));
        TRY_VOID(give(home, slot));
        if (anew) { // its keeper starts it again, with the code that the link leads to now
            if (main.pid != 0) TRY_VOID(host_.send_signal(main, SIGTERM));
            return host_.remove_tree(pending(home));
        }
        const auto before = host_.children_of(main.pid);
        TRY_VOID(host_.send_signal(main, SIGHUP));
        if (!world_.settings.health.tells_version()) TRY_VOID(wait_for_worker(main, before));
        return host_.remove_tree(pending(home));
    }

    // Where no answer tells its release, a worker that wasn't there before has to.
    Result<void> wait_for_worker(const sys::ProcessId& main, const std::vector<sys::ProcessId>& before) {
        const auto patience = world_.settings.health.deadline;
        const auto deadline = world_.clock.steady() + patience;
        while (true) {
            const auto now = host_.children_of(main.pid);
            const bool fresh = std::any_of(now.begin(), now.end(), [&](const auto& one) {
                return std::none_of(before.begin(), before.end(),
                                    [&](const auto& old) { return old.pid == one.pid && old.started == one.started; });
            });
            if (fresh) return {};
            if (world_.clock.steady() >= deadline)
                return no(fmt::format("no new worker started within {} of {}; a program that loads its code before it "
                                      "forks (gunicorn --preload) can't be reloaded: leave target.reload out",
                                      format_duration(patience), world_.settings.reload));
            world_.clock.rest(look_at_reload);
        }
    }

    const Layout layout_;
    const World& world_;
    sys::Host& host_;
    const std::unique_ptr<Keeper> inner_;
};

}

std::string kept_as(sys::Host& host, const Layout& layout, const std::string& slot) {
    const auto link = host.read_link(layout.slot(slot) / "home");
    const auto name = link.ok() ? sys::Path(link.value()).filename().string() : std::string();
    return std::find(std::begin(homes), std::end(homes), name) == std::end(homes) ? slot : name;
}

// The folder `run` is ours, so a link there is, too; behind target.user's own folder none is followed.
sys::Path behind_alias(sys::Host& host, const Layout& layout, const std::string& slot, const sys::Path& socket) {
    const auto link = host.read_link(layout.apart ? layout.socket_folder(slot) : layout.socket(slot));
    if (!link.ok() || socket != layout.socket(slot)) return socket;
    for (const std::string home : homes)
        if (sys::Path(link.value()) == (layout.apart ? sys::Path(home) : layout.socket(home).filename()))
            return layout.socket(home);
    return socket;
}

std::unique_ptr<Keeper> reload_keeper(const Layout& layout, const World& world, std::unique_ptr<Keeper> inner) {
    return std::make_unique<ReloadKeeper>(layout, world, std::move(inner));
}

}
