#include "base/text.h"
#include "gate/formats/coverage_parts.h"
#include "gate/formats/readers.h"
#include "sys/signals.h"
#include <array>
#include <fmt/format.h>
#include <unordered_map>

// JaCoCo XML (report.dtd 1.1), of Maven, Gradle, Kover and Pester. A line with a covered instruction is covered, as in
// JaCoCo's own counter. The names of files are those of packages: which folder of sources they lie in nobody says.
namespace fairlead::gate {

namespace {

class JacocoHandler : public sys::XmlHandler, private CoverageReader {
  public:
    using CoverageReader::CoverageReader;

    Result<void> start(std::string_view name, const sys::XmlAttributes& attributes) override {
        ++depth_;
        if (name == "line" && file_) return line(attributes);
        if (name == "counter") return counter(attributes);
        if (name == "group")
            groups_.emplace_back(attributes.get("name").substr(0, longest_name));
        else if (name == "package")
            package_ = attributes.get("name").substr(0, longest_name);
        else if (name == "sourcefile")
            return begin_file(attributes.get("name"));
        return {};
    }
    Result<void> end(std::string_view name) override {
        --depth_;
        if (name == "group" && !groups_.empty())
            groups_.pop_back();
        else if (name == "sourcefile")
            file_ = nullptr;
        return {};
    }
    // Classes without debug information have no lines; then the report's own counters are all that is known.
    void close() {
        if (coverage_.lines().total == 0) settle(of_all_.lines, of_all_.branches);
    }

  private:
    static constexpr std::size_t longest_name = 4096;
    struct Counters {
        Count lines, branches;
    };

    Result<void> begin_file(std::string_view name) {
        if (sys::stop_requested()) return could_not(fmt::format("interrupted while {} was read", report_));
        file_ = &coverage_.file(path_of(package_.empty() ? std::string(name) : package_ + '/' + std::string(name)));
        declared_ = {};
        return within_limit(owners_.size());
    }

    Result<void> line(const sys::XmlAttributes& attributes) {
        const auto number = TRY(number_in(attributes, "line", "nr", most_lines));
        const auto written = number_in(attributes, "line", "ci");
        if (!written.ok() && !attributes.has("ci"))
            return broken("a <line> doesn't say whether it ran (ci); let gcovr write --cobertura instead of --jacoco");
        const auto covered = TRY(written);
        file_->line(static_cast<std::uint32_t>(number), covered > 0);
        if (attributes.has("mb") || attributes.has("cb")) {
            const auto missed = TRY(number_in(attributes, "line", "mb", most_lines));
            const auto taken = TRY(number_in(attributes, "line", "cb", most_lines));
            if (missed + taken > 0) file_->condition(static_cast<std::uint32_t>(number), {taken, missed + taken});
        }
        constexpr std::uint32_t some = 64; // asking after each line would take a fiftieth of the time
        return ++lines_ % some == 0 ? within_limit(owners_.size()) : Result<void>();
    }

    // Of a file for where it lists no line, of the report for where no file does; those of classes repeat both.
    Result<void> counter(const sys::XmlAttributes& attributes) {
        const auto type = attributes.get("type");
        if ((type != "LINE" && type != "BRANCH") || (!file_ && depth_ != 2)) return {};
        const auto missed = TRY(number_in(attributes, "counter", "missed", most_lines));
        const auto covered = TRY(number_in(attributes, "counter", "covered", most_lines));
        Counters& counters = file_ ? declared_ : of_all_;
        (type == "LINE" ? counters.lines : counters.branches) = {covered, missed + covered};
        if (file_) {
            file_->declare_lines(declared_.lines);
            file_->declare_branches(declared_.branches);
        }
        return {};
    }

    // Modules are groups, and two of them may hold a file of one name: what the first one has found is its own.
    std::string path_of(const std::string& name) {
        const auto group = join(groups_, "/");
        auto path = find(group, name);
        if (path.empty()) path = tree_.tidy(to_valid_utf8(group.empty() ? name : group + '/' + name));
        if (owners_.try_emplace(path, group).first->second == group) return path;
        return to_valid_utf8(group.empty() ? name : group + '/' + name);
    }

    // By the folders that builds keep sources in, in the folder of the group's name, of its last part, or in none.
    std::string find(const std::string& group, const std::string& name) {
        static constexpr std::array<std::string_view, 13> homes = {
            "", // Pester's names are paths
            "src/main/java/",
            "src/main/kotlin/",
            "src/main/scala/",
            "src/main/groovy/",
            "src/",
            "src/test/java/",
            "src/test/kotlin/",
            "src/testFixtures/java/",
            "src/commonMain/kotlin/",
            "src/jvmMain/kotlin/",
            "app/src/main/java/",
            "app/src/main/kotlin/",
        };
        std::vector<std::string> folders;
        if (!group.empty()) folders.push_back(group + '/');
        if (groups_.size() > 1) folders.push_back(groups_.back() + '/');
        folders.emplace_back();
        for (const auto& folder : folders) {
            auto found = tree_.find_exact(folder + std::string(last_home_) + name); // mostly they all are in one
            for (auto home = homes.begin(); found.empty() && home != homes.end(); ++home) {
                const auto path = folder + std::string(*home);
                found = tree_.find_exact(path + name);
                if (found.empty() && name.ends_with(".kt")) found = find_below_common_package(path, name);
                if (!found.empty()) last_home_ = *home;
            }
            if (!found.empty()) return found;
        }
        return {};
    }

    // Kotlin's sources may leave out the folders of the package that all of them share.
    std::string find_below_common_package(const std::string& folder, std::string_view name) const {
        if (folder.find("kotlin/") == std::string::npos) return {};
        for (int tries = 0; tries < 4; ++tries) {
            const auto slash = name.find('/');
            if (slash == std::string_view::npos) return {};
            name.remove_prefix(slash + 1);
            auto found = tree_.find_exact(folder + std::string(name));
            if (!found.empty()) return found;
        }
        return {};
    }

    int depth_ = 0;
    std::uint32_t lines_ = 0;
    std::vector<std::string> groups_; // that are open
    std::string package_;
    std::string_view last_home_;
    FileCoverage* file_ = nullptr;
    Counters declared_, of_all_;
    std::unordered_map<std::string, std::string> owners_; // of each path: the group that it was found for
};

}

Result<void> read_jacoco(const Source& source, const SourceTree& tree, Evidence& evidence) {
    JacocoHandler handler(source.name(), tree, evidence.coverage.emplace());
    TRY_VOID(source.xml(handler));
    handler.close();
    return {};
}

}
