// The part of contents.h that follows links.
#include "base/printable.h"
#include "base/text.h"
#include "deploy/release/contents.h"
#include <deque>
#include <fmt/format.h>
#include <unordered_map>

namespace fairlead::deploy {

namespace {

constexpr int kernel_limit = 40;                  // of links on one way; then it is ELOOP and leads nowhere
constexpr std::uint64_t work_limit = 200'000'000; // letters looked at: links that lead through links

enum class Way { within, out, too_long };

class Follower {
  public:
    explicit Follower(const std::vector<Entry>& entries) {
        for (const auto& entry : entries) known_.emplace(entry.path, &entry);
    }

    Way follow(const Entry& link) {
        here_ = link.path.substr(0, link.path.rfind('/') == link.path.npos ? 0 : link.path.rfind('/'));
        ahead_.clear();
        if (const auto way = push(link.content)) return *way;
        for (int links = 0; !ahead_.empty();) {
            const auto name = std::move(ahead_.front());
            ahead_.pop_front();
            work_ += here_.size() + name.size() + 1;
            if (work_ > work_limit) return Way::too_long;
            if (name.empty() || name == ".") continue;
            if (name == "..") {
                if (!is_folder()) return Way::out; // what is above something unknown is unknown
                here_.resize(here_.rfind('/') == here_.npos ? 0 : here_.rfind('/'));
                continue;
            }
            const auto before = here_.size();
            here_ += (here_.empty() ? "" : "/") + name;
            const auto found = known_.find(here_);
            if (found == known_.end() || found->second->kind != 'l') continue;
            if (++links > kernel_limit) return Way::within;
            here_.resize(before);
            if (const auto way = push(found->second->content)) return *way;
        }
        return Way::within;
    }

  private:
    // The names of a target before the others. An answer when it is absolute: it ends the look.
    std::optional<Way> push(const std::string& target) {
        work_ += target.size();
        const auto names = split(target, '/');
        if (target.starts_with('/')) {
            bool climbs = !target.starts_with("/usr/");
            for (const auto& name : names) climbs = climbs || name == "..";
            for (const auto& name : ahead_) climbs = climbs || name == "..";
            return climbs ? Way::out : Way::within;
        }
        ahead_.insert(ahead_.begin(), names.begin(), names.end());
        return std::nullopt;
    }

    // Whether there is a folder above here that belongs to the release.
    bool is_folder() const {
        if (here_.empty()) return false;
        const auto found = known_.find(here_);
        return found != known_.end() && found->second->kind == 'd';
    }

    std::unordered_map<std::string, const Entry*> known_;
    std::string here_;
    std::deque<std::string> ahead_;
    std::uint64_t work_ = 0;
};

}

Result<void> check_links(const std::vector<Entry>& entries) {
    Follower follower(entries);
    for (const auto& entry : entries) {
        if (entry.kind != 'l') continue;
        const auto way = follower.follow(entry);
        if (way == Way::out) {
            return no(
                fmt::format("link '{}' leads out of the release, to '{}'; leave it out with release.exclude, name "
                            "it in target.shared, or make it in target.prepare",
                            one_line(entry.path), one_line(entry.content)));
        }
        if (way == Way::too_long)
            return no("the release has chains of links that are too long to follow; leave them out");
    }
    return {};
}

}
