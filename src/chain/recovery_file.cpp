#include "chain/recovery_file.h"
#include "base/printable.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include "sys/files/beneath.h"
#include "sys/files/owned/state.h"
#include "sys/process/process.h"
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace fairlead::chain {
namespace {

// By their real paths; what is not there yet as it would be made.
bool lies_within(const sys::Path& path, const sys::Path& folder) {
    std::error_code ignored;
    const auto inner = std::filesystem::weakly_canonical(path, ignored);
    const auto outer = std::filesystem::weakly_canonical(folder, ignored);
    return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

}

Result<RecoveryFile> RecoveryFile::of(const config::Config& config, const std::string& environment,
                                      const sys::Environment& variables) {
    const bool is_named = variables.get_or("XDG_STATE_HOME", "").starts_with('/');
    const auto folder = sys::state_folder(variables, sys::is_root() && !is_named);
    if (!folder)
        return usage("the progress of a recovery can't be stored: XDG_STATE_HOME and HOME are not absolute paths; set "
                     "XDG_STATE_HOME or HOME to a folder that is kept");
    if (const auto tree = sys::tree_around(config.folder()); tree && lies_within(*folder, *tree))
        return usage(fmt::format("the progress of a recovery would be stored in '{}', in the work tree '{}', where a "
                                 "checkout could replace it; set XDG_STATE_HOME to a folder elsewhere",
                                 *folder, *tree));
    std::error_code ignored;
    const sys::Path file = config.file();
    RecoveryFile recovery;
    recovery.folder_ = *folder;
    recovery.config_ = (std::filesystem::canonical(config.folder(), ignored) / file.filename()).string();
    recovery.app_ = config.app();
    recovery.environment_ = environment;
    const auto whose = sys::Json::array({recovery.config_, recovery.app_, environment});
    constexpr std::size_t enough = 32;
    recovery.name_ = fmt::format("recover/{}.json", sys::sha256(sys::dump_json(whose)).substr(0, enough));
    return recovery;
}

Result<Recovery> RecoveryFile::read() const {
    const auto text = TRY(sys::read_state(folder_, name_));
    if (!text) return Recovery();
    const auto json = sys::parse_json(*text, shown());
    if (json.ok() && json->is_object() && sys::text_of(json.value(), "config") == config_ &&
        sys::text_of(json.value(), "app") == app_ && sys::text_of(json.value(), "environment") == environment_)
        return recovery_from(json.value());
    return could_not(
        fmt::format("'{}' was not written by a recovery of {}; check the file, and remove it to begin from the start",
                    shown(), one_line(config_)));
}

Result<void> RecoveryFile::write(const Recovery& recovery) const {
    auto json = to_json(recovery);
    json["config"] = config_;
    json["app"] = app_;
    json["environment"] = environment_;
    return sys::write_state(folder_, name_, sys::dump_json(json, 1) + "\n");
}

}
