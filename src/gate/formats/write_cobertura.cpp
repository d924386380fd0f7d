#include "gate/formats/write_cobertura.h"
#include "base/path.h"
#include "base/version.h"
#include "report/printable.h"
#include <fmt/format.h>
#include <map>

namespace fairlead::gate {

namespace {

std::string rate(Count count) {
    return fmt::format("{:.4f}",
                       count.total == 0 ? 1.0 : static_cast<double>(count.covered) / static_cast<double>(count.total));
}

Count lines_of(const FileCoverage& file) {
    Count count;
    file.each_line([&](std::uint32_t, bool covered) { count += {covered, 1}; });
    return count;
}

std::string class_of(const std::string& path, const FileCoverage& file) {
    const auto name = report::escape_xml(path);
    auto text = fmt::format("        <class name=\"{0}\" filename=\"{0}\" line-rate=\"{1}\" branch-rate=\"{2}\" "
                            "complexity=\"0\">\n          <methods/>\n          <lines>\n",
                            name, rate(lines_of(file)), rate(file.branches()));
    file.each_line([&](std::uint32_t number, bool covered) {
        text += fmt::format("            <line number=\"{}\" hits=\"{}\"/>\n", number, covered ? 1 : 0);
    });
    return text + "          </lines>\n        </class>\n";
}

struct Folder {
    std::string classes;
    Count lines, branches;
};

}

std::string write_cobertura(const CoverageMap& coverage) {
    std::map<std::string, Folder> packages; // by folder
    Count lines, branches;
    for (const auto& path : coverage.paths()) {
        const FileCoverage& file = *coverage.find(path);
        if (file.is_only_counted()) continue;
        Folder& package = packages[folder_of(path)];
        package.classes += class_of(path, file);
        package.lines += lines_of(file);
        package.branches += file.branches();
    }
    for (const auto& [folder, package] : packages) {
        lines += package.lines;
        branches += package.branches;
    }
    auto text = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<!DOCTYPE coverage SYSTEM \"http://cobertura.sourceforge.net/xml/coverage-04.dtd\">\n"
        "<coverage line-rate=\"{}\" branch-rate=\"{}\" lines-covered=\"{}\" lines-valid=\"{}\" branches-covered=\"{}\" "
        "branches-valid=\"{}\" complexity=\"0\" version=\"fairlead-gate {}\" timestamp=\"0\">\n"
        "  <sources>\n    <source>.</source>\n  </sources>\n  <packages>\n",
        rate(lines), rate(branches), lines.covered, lines.total, branches.covered, branches.total,
        report::escape_xml(version()));
    for (const auto& [folder, package] : packages)
        text += fmt::format("    <package name=\"{}\" line-rate=\"{}\" branch-rate=\"{}\" complexity=\"0\">\n"
                            "      <classes>\n{}      </classes>\n    </package>\n",
                            report::escape_xml(folder.empty() ? "." : folder), rate(package.lines),
                            rate(package.branches), package.classes);
    return text + "  </packages>\n</coverage>\n";
}

}
