#include "smoke/queue.h"
#include "smoke/needs.h"

namespace fairlead::smoke {

Queue::Queue(const std::vector<Check>& checks)
    : checks_(checks), done_(checks.size()), needed_(needed_of(checks)), needing_(checks.size()),
      missing_(checks.size()), left_(checks.size()) {
    for (std::size_t i = 0; i < checks.size(); ++i) {
        missing_[i] = needed_[i].size();
        for (const auto other : needed_[i]) needing_[other].push_back(i);
        if (missing_[i] == 0) ready_.insert(i);
    }
}

std::optional<std::size_t> Queue::take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return left_ == 0 || !ready_.empty(); });
    if (left_ == 0) return {};
    const auto index = *ready_.begin();
    ready_.erase(ready_.begin());
    if (--left_ == 0) changed_.notify_all();
    return index;
}

void Queue::end(std::size_t index, Tried::End how) {
    const std::scoped_lock lock(mutex_);
    done_[index] = how;
    for (const auto other : needing_[index])
        if (--missing_[other] == 0) ready_.insert(other);
    if (!needing_[index].empty()) changed_.notify_all();
}

std::optional<std::pair<std::string, Tried::End>> Queue::missing(std::size_t index) {
    const std::scoped_lock lock(mutex_);
    for (const auto other : needed_[index])
        if (done_[other] != Tried::End::passed) return std::pair{checks_[other].name, *done_[other]};
    return {};
}

}
