#pragma once
#include "base/secrets/secret.h"
#include "base/text.h"
#include "support/catch.h"
#include "sys/files/stream.h"
#include "sys/process/pipeline.h"
#include "sys/process/process.h"
#include "sys/signals.h"
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

// What the tests of pipelines run, and what they look at afterwards.
namespace fairlead::sys::testing {

using std::chrono::steady_clock;

inline Stage shell(const std::string& script) { return {.argv = {"sh", "-c", script}, .name = script.substr(0, 20)}; }

// All that comes, and how it came.
struct Bucket {
    std::string text;
    std::size_t largest = 0;
    int pieces = 0;
    PieceSink sink() {
        return [this](std::string_view piece) -> Result<void> {
            text += piece;
            largest = std::max(largest, piece.size());
            ++pieces;
            return {};
        };
    }
};

inline PipelineOutput output_of(const Pipeline& pipeline) {
    auto output = run_pipeline(pipeline);
    if (!output) FAIL(output.error().message);
    return std::move(output).value();
}

inline std::string message_of(const Pipeline& pipeline) {
    const auto output = run_pipeline(pipeline);
    REQUIRE_FALSE(output.ok());
    CHECK(output.error().kind == Kind::could_not);
    return output.error().message;
}

// What runs with a variable of this test's own; zombies don't count.
inline std::size_t count_of(const std::string& variable) {
    std::size_t count = 0;
    const auto names = list_folder("/proc").value();
    for (const auto& name : names) {
        const auto pid = parse_integer(name);
        const auto environment = pid.ok() ? read_file("/proc/" + name + "/environ").value_or("") : "";
        const auto all = split(environment, '\0');
        count += std::find(all.begin(), all.end(), variable) != all.end() && identify(static_cast<int>(pid.value()));
    }
    return count;
}

// Stages with that variable, so that the test can see what is left of them.
inline Pipeline marked(Pipeline pipeline, const std::string& variable) {
    for (Stage& stage : pipeline.stages)
        stage.environment = std::vector<std::string>{variable, std::string("PATH=") + std::getenv("PATH")};
    return pipeline;
}

inline double seconds_since(steady_clock::time_point begin) {
    return std::chrono::duration<double>(steady_clock::now() - begin).count();
}

inline std::size_t status_kilobytes(std::string_view field) {
    const auto status = read_file("/proc/self/status").value();
    const auto at = status.find(field);
    return static_cast<std::size_t>(std::stoul(status.substr(at + field.size())));
}

}
