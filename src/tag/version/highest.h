#pragma once
#include "base/result.h"
#include "tag/source/facts.h"
#include "tag/version/pep440.h"
#include "tag/version/semver.h"
#include <deque>
#include <functional>
#include <optional>
#include <string>

// Answers "Is this the highest version?" for the repository's tags, in one pass for all rules with the same question.
// Keeps only maxima, without sorting.
namespace fairlead::tag {

// The group of versions that a moving tag follows: {{major}} follows one major version, and so on. exact: not a moving
// tag.
enum class Line { exact, minor, major, all };

// The higher tag in each line, as it is written; nothing: the version is the highest there.
struct Above {
    std::optional<std::string> all, major, minor; // among all versions, the same major, the same major.minor
    const std::optional<std::string>& in(Line line) const {
        return line == Line::minor ? minor : line == Line::major ? major : all;
    }
};

enum class Prereleases { ignored, counted };

// How to cut the version text out of a tag; the text may be stored in `room`. Nothing: the tag belongs to something
// else. Equal cuts have equal names.
struct Cut {
    std::string name;
    // empty: the whole tag
    std::function<std::optional<std::string_view>(std::string_view tag, std::string& room)> apply;
};

// Semver and Pep440 have different orders, so each has its own Highest.
template <typename Version>
class Highest {
  public:
    explicit Highest(const Facts& facts) : facts_(facts) {}
    // Compares with the tags here and, if none is higher in `line`, with tags that may be missing. Errors: as
    // Facts::other_tags.
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
        bool complete = false; // missing tags were looked at, too
    };
    Result<void> take(Asked& asked, const Cut& cut, std::string_view tag, std::string& room);
    const Facts& facts_;
    std::deque<Asked> asked_; // one for all rules with the same question
};

}
