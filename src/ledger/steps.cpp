#include "ledger/steps.h"
#include "sys/fault.h"
#include <fmt/format.h>

namespace fairlead::ledger {

Result<void> Steps::take(const std::string& id, const Announced& announced, std::vector<StepTime>& times,
                         const std::function<Result<void>()>& act) const {
    const auto& [name, where, line, undo, urgent] = announced;
    const auto written = ledger_.journal(id, line, urgent ? sys::Sync::no : sys::Sync::yes);
    if (!written.ok() && !undo) return written;
    sys::fault_point(name);
    const auto start = clock_.steady();
    auto done = act();
    const auto took = std::chrono::duration_cast<Milliseconds>(clock_.steady() - start);
    times.push_back({name, took.count()});
    progress_.say(fmt::format("{}{}{}: {} ({})", name, where.empty() ? "" : " ", where,
                              done.ok() ? "done" : done.error().message, format_duration(took)));
    sys::fault_point(name + "+");
    return done;
}

}
