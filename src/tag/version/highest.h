#pragma once
#include "base/result.h"
#include "tag/source/facts.h"
#include "tag/version/pep440.h"
#include "tag/version/semver.h"
#include <deque>
#include <functional>
#include <optional>
#include <string>

// "Is this the highest version?" over the repository's tags: one pass for all rules that ask the same, maxima only,
// nothing sorted.
namespace fairlead::tag {

// The line that a moving tag stands for: {{major}} moves along one major version, and so on. exact: it doesn't move.
enum class Line { exact, minor, major, all };

// The tag above a version in each line, as it is written; nothing: the version is the highest there.
struct Above {
    std::optional<std::string> all, major, minor; // all versions; those of the same major; of the same major.minor
    const std::optional<std::string>& in(Line line) const {
        return line == Line::minor ? minor : line == Line::major ? major : all;
    }
};

enum class Prereleases { ignored, counted };

// From a tag to the text that must be a version, which may be kept in `room`; nothing: the tag belongs to something
// else. `name` says what is cut, alike for all that cut alike.
struct Cut {
    std::string name;
    std::function<std::optional<std::string_view>(std::string_view tag, std::string& room)> apply; // empty: all of it
};

// Two versions have another order: of Semver and of Pep440 there is one each.
template <typename Version>
class Highest {
  public:
    explicit Highest(const Facts& facts) : facts_(facts) {}
    // Looks at the tags that are here and, where none of them is higher in `line`, at those that may be missing.
    // Errors: those of Facts::other_tags.
    Result<Above> above(const Version& version, Line line, const Cut& cut, Prereleases prereleases);

  private:
    struct Best {
        std::optional<Version> version;
        std::string tag;
    };
    struct Asked {
        Version version;
        std::string cut;
        Prereleases prereleases;
        Best all = {}, major = {}, minor = {};
        bool complete = false; // what may be missing was looked at, too
    };
    Result<void> take(Asked& asked, const Cut& cut, std::string_view tag, std::string& room);
    const Facts& facts_;
    std::deque<Asked> asked_; // one for all rules that ask alike
};

}
