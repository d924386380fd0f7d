#include "unit/gate/formats/findings.h"

using namespace fairlead::gate;

namespace {

std::string pip_audit(const std::string& packages) { return R"({"dependencies": [)" + packages + R"(], "fixes": []})"; }

}

TEST_CASE("each vulnerability of pip-audit is an error, with the version that mends it") {
    const auto evidence = read(pip_audit(R"({"name": "idna", "version": "3.4", "vulns": []},
        {"name": "own", "skip_reason": "marked as editable"}, {"name": "flask", "version": "0.5", "vulns": [
        {"id": "PYSEC-2019-179", "fix_versions": ["1.0", "0.12"], "description": "d"}, {"id": "CVE-1", "fix_versions": []}]})"));
    CHECK(evidence.format == "pip-audit");
    CHECK(evidence.findings == FindingCounts{.error = 2});
    REQUIRE(evidence.foreign.size() == 2);
    CHECK(evidence.foreign[0].rule == "PYSEC-2019-179");
    CHECK(evidence.foreign[0].message == "flask 0.5: fixed in 1.0");
    CHECK(evidence.foreign[1].message == "flask 0.5: no fix is known");
    CHECK(counts_of(pip_audit("")) == FindingCounts{});
}

TEST_CASE("packages of pip-audit that can't be judged are refused") {
    CHECK(refusal(pip_audit(R"({"vulns": 3})")).ends_with("'vulns' is not a list"));
    CHECK(refusal(pip_audit(R"({"vulns": [3]})")).ends_with("a vulnerability is not an object"));
    CHECK(refusal(pip_audit("7")).ends_with("a finding is not an object"));
}

TEST_CASE("a report of pip-audit that skipped all packages proves nothing") {
    const std::string skipped = R"({"name": "jinja2", "skip_reason": "not found on PyPI"})";
    CHECK(read(pip_audit(skipped + "," + skipped)).tool_failed ==
          std::vector<std::string>{"pip-audit skipped all 2 dependencies: not found on PyPI"});
    CHECK(read(pip_audit(skipped + R"(,{"name": "a", "version": "1", "vulns": []})")).tool_failed.empty());
}
