#include "smoke/progress.h"
#include "sys/files/log.h"
#include <fmt/format.h>

namespace fairlead::smoke {

Progress::~Progress() { sys::show_status(""); }

void Progress::retry(const Tried& tried) {
    const std::scoped_lock lock(mutex_);
    waiting_ = fmt::format("{}: {}, attempt {}", tried.check.name, tried.wrong.message, tried.attempts);
    show();
}

void Progress::end(const Tried& tried) {
    const std::scoped_lock lock(mutex_);
    if (waiting_.starts_with(tried.check.name + ": ")) waiting_.clear();
    if (!tried.readiness) ++ended_;
    failed_ += tried.end == Tried::End::failed;
    show();
}

std::string Progress::line() const {
    auto text = fmt::format("{} of {} checks", ended_, checks_);
    if (failed_ > 0) text += fmt::format(", {} failed", failed_);
    return waiting_.empty() ? text : text + "; " + waiting_;
}

void Progress::show() const { sys::show_status(line()); }

}
