#pragma once
#include "base/result.h"
#include <optional>
#include <string>
#include <string_view>

// Decides what `fairlead-scan install-hook` does with the files in the folder of hooks (githooks(5)).
namespace fairlead::scan {

constexpr std::string_view hook_name = "pre-commit";
// The previous hook: ours runs it first, and it is restored when ours is removed.
constexpr std::string_view hook_before = "pre-commit.before-fairlead";
// Where pre-commit (pre-commit.com) puts a hook that it finds; its own hook runs it first.
constexpr std::string_view hook_legacy = "pre-commit.legacy";

// The texts of the files in the folder of hooks; nothing: absent.
struct HookFiles {
    std::string folder; // its path
    std::optional<std::string> hook, legacy, before;
    bool hook_runs = true, legacy_runs = true; // they are executable: git runs no other hooks
};

struct HookPlan {
    enum class Act {
        nothing,        // it is as wanted
        write,          // ours becomes `name`
        keep_and_write, // what is there becomes hook_before, then ours becomes `name`
        make_runnable,  // ours, in `name`, is executable again
        remove,         // ours is removed
        put_back        // hook_before becomes `name`, in the place of ours
    } act = Act::nothing;
    std::string_view name = hook_name;
};

// Returns the text of our hook. `program`: the absolute path of fairlead-scan, for a PATH without it; empty: PATH alone
// counts.
std::string hook_text(const std::string& program);
bool is_our_hook(std::string_view text);

// `text`: our hook. Error (usage), with the way out: a hook manager has written the hook, ours was edited, or
// hook_before is taken.
Result<HookPlan> plan_install(const HookFiles& files, std::string_view text);
// Error (usage): ours was edited.
Result<HookPlan> plan_uninstall(const HookFiles& files);

}
