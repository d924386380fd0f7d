#include "smoke/queue.h"
#include <algorithm>

namespace fairlead::smoke {

namespace {

bool needs(const Check& check, const Check& other) {
    return std::find(check.needs.begin(), check.needs.end(), other.name) != check.needs.end();
}

}

Queue::Queue(const std::vector<Check>& checks) : checks_(checks), done_(checks.size()), taken_(checks.size()) {
    waits_ = std::any_of(checks.begin(), checks.end(), [](const Check& check) { return !check.needs.empty(); });
}

std::optional<std::size_t> Queue::take() {
    std::unique_lock lock(mutex_);
    while (true) {
        while (first_ < checks_.size() && taken_[first_]) ++first_;
        if (first_ == checks_.size()) return {};
        for (std::size_t i = first_; i < checks_.size(); ++i) {
            if (taken_[i] || !is_ready(checks_[i])) continue;
            taken_[i] = true;
            return i;
        }
        changed_.wait(lock);
    }
}

void Queue::end(std::size_t index, Tried::End how) {
    const std::scoped_lock lock(mutex_);
    done_[index] = how;
    if (waits_) changed_.notify_all();
}

std::optional<std::pair<std::string, Tried::End>> Queue::missing(const Check& check) {
    const std::scoped_lock lock(mutex_);
    for (std::size_t i = 0; !check.needs.empty() && i < checks_.size(); ++i)
        if (needs(check, checks_[i]) && done_[i] != Tried::End::passed) return std::pair{checks_[i].name, *done_[i]};
    return {};
}

bool Queue::is_ready(const Check& check) const {
    for (std::size_t i = 0; !check.needs.empty() && i < checks_.size(); ++i)
        if (needs(check, checks_[i]) && !done_[i]) return false;
    return true;
}

}
