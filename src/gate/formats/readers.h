#pragma once
#include "gate/evidence.h"
#include "gate/places.h"
#include "gate/source.h"
#include <span>
#include <string>

// The readers of report formats: one .cpp file and one row per format.
namespace fairlead::gate {

struct Reader {
    std::string_view format;
    // Fills `evidence` from the report. Error (no), with the place: the report is malformed. Error (could_not): from
    // the file system.
    Result<void> (*read)(const Source& source, const SourceTree& tree, Evidence& evidence);
};

std::span<const Reader> readers();
const Reader* find_reader(std::string_view format);

// What the policy asks of a report.
struct Asked {
    std::string_view format = {}; // decides if several formats fit (an empty list); empty: any
    IsJudged is_judged = {};      // as in Evidence
    NamedTests named = {};
    std::optional<double> security_from = {}; // as in Evidence
};

// Finds the format and reads the report. A report that can't be used as evidence gets a `problem`. Error (could_not): a
// signal asked us to stop.
Result<Evidence> read_report(const Source& source, const SourceTree& tree, const Asked& asked = {});

Result<void> read_junit(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_nunit3(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_nunit2(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_xunit(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_trx(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_ctest(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_tap(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_go_test(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_ctrf(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_lcov(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_cobertura(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_jacoco(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_clover(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_opencover(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_go_cover(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_coverage_py(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_simplecov(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_istanbul(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_istanbul_summary(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_llvm_cov(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_sarif(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_eslint(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_checkstyle(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_pmd(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_spotbugs(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_bandit(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_semgrep(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_golangci(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_codeclimate(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_gitlab(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_npm_audit(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_pip_audit(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_grype(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_cyclonedx(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_trivy(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_jmeter(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_lighthouse(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_k6(const Source& source, const SourceTree& tree, Evidence& evidence);
Result<void> read_hyperfine(const Source& source, const SourceTree& tree, Evidence& evidence);

}
