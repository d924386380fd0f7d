#include "support/gate_reader.h"

// All readers of findings, on the same bytes.
extern "C" int fuzz_gate_findings(const std::uint8_t* data, std::size_t size) {
    using namespace fairlead::gate;
    for (const auto read :
         {read_eslint, read_checkstyle, read_pmd, read_spotbugs, read_bandit, read_semgrep, read_golangci,
          read_codeclimate, read_gitlab, read_npm_audit, read_grype, read_pip_audit, read_cyclonedx, read_trivy})
        fairlead::test::fuzz_reader(read, data, size);
    return 0;
}
