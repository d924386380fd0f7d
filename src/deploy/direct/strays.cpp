#include "base/text.h"
#include "deploy/direct/direct_place.h"
#include "deploy/direct/user.h"
#include "sys/account.h"
#include <algorithm>
#include <csignal>
#include <fmt/format.h>

// What outlived the folder of its slot, or whoever knew of it. It carries whose it is: our supervisor holds the slot's
// lock, an application was told its socket or its slot.
namespace fairlead::deploy {

namespace {

constexpr std::string_view socket_ends[] = {".sock", "/app.sock"};

// "a.2/lock (deleted)", "a.2.sock", "a.2/app.sock", "a.2"
std::optional<Instance> instance_in(std::string rest, bool is_socket) {
    if (!is_socket) return instance_of(rest.substr(0, rest.find('/')));
    for (const auto end : socket_ends)
        if (rest.ends_with(end)) return instance_of(rest.substr(0, rest.size() - end.size()));
    return std::nullopt;
}

}

std::string DirectPlace::Outside::name() const { return fmt::format("process {} of {}", process.pid, name_of(of)); }

Result<std::vector<DirectPlace::Outside>> DirectPlace::outside() {
    std::vector<Outside> found;
    if (!settings_.reload.empty()) return found; // one process has several slots, one after another
    const auto slots = layout_.slot("a").parent_path().string() + "/", run = layout_.run().string() + "/";
    const auto user = target_user(settings_);
    if (!user.ok()) return found; // who only looks sees but its own
    const unsigned own = sys::own_user(), theirs = user.value() ? user.value()->uid : own;
    for (const auto& [process, rest] : host_.detached_below(slots, own))
        if (const auto of = instance_in(rest, false); of && !host_.keeps_lock(process, layout_.lock(name_of(*of))))
            found.push_back({process, *of, {}, own});
    for (const auto& mark : {"FAIRLEAD_SOCKET=" + run, "FAIRLEAD_INSTANCE=" + slots}) {
        for (const auto& [process, rest] : host_.started_with(mark, theirs)) {
            const auto of = instance_in(rest, mark.ends_with(run));
            if (of) found.push_back({process, *of, mark + rest, theirs});
        }
    }
    // Asked after that look: who was started since is in no list of ours.
    std::vector<Outside> strays;
    for (auto& one : found) {
        const auto kin = host_.kin_of(one.process);
        const bool child = kin && std::any_of(found.begin(), found.end(), [&](const Outside& other) {
                               return !other.mark.empty() && other.process.pid == kin->parent;
                           });
        if (!kin || child) continue; // it ended, or ends with its parent
        const auto slot = name_of(one.of);
        const auto seen = TRY(keeper_->seen(slot));
        const bool has_folder = host_.inspect(layout_.slot(slot)).type != sys::FileType::absent;
        // A supervisor whose lock is gone is that of its slot still, unless another one holds the lock.
        const bool is_replaced = one.mark.empty() && host_.is_locked(layout_.lock(slot));
        if (is_replaced || !has_folder || !seen.running) strays.push_back(std::move(one));
    }
    return strays;
}

Result<std::vector<Stray>> DirectPlace::strays() {
    std::vector<Stray> strays;
    for (const auto& one : TRY(outside())) strays.push_back({one.name(), one.of.slot});
    return strays;
}

// A supervisor without the folder of its slot could only spoil that of another one.
Result<void> DirectPlace::end_stray(const std::string& name) {
    for (const auto& one : TRY(outside())) {
        if (one.name() != name) continue;
        if (one.mark.empty()) return host_.send_signal(one.process, SIGKILL);
        TRY_VOID(host_.send_signal(one.process, SIGTERM));
        host_.wait_for_end({one.process}, settings_.stop_timeout);
        TRY_VOID(host_.end_survivors(one.mark, one.user));
        return {};
    }
    return {};
}

}
