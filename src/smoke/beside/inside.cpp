#include "smoke/beside/inside.h"
#include "base/secrets/secret.h"
#include "base/text.h"
#include "report/printable.h"
#include "sys/environment.h"
#include "sys/http/fetch.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

namespace fairlead::smoke {

namespace {

constexpr Milliseconds start_of_container{15'000}; // beside the time of the request itself

Result<sys::Output> docker(std::vector<std::string> words, std::string input, Milliseconds timeout, std::size_t limit) {
    sys::Command command;
    command.argv = {"docker"};
    command.argv.insert(command.argv.end(), words.begin(), words.end());
    command.input = std::move(input);
    command.timeout = timeout;
    command.output_limit = limit;
    command.keep_partial = true;
    command.environment =
        sys::child_environment(sys::Environment::of_process(), sys::Child::project); // DOCKER_HOST ...
    command.whose = sys::Whose::ours;                                                // the arguments are
    return sys::run(command);
}

std::string complaint_of(const sys::Output& done) {
    const auto lines = split(trim(std::string_view(done.err)), '\n');
    return report::one_line(mask(lines.empty() ? "" : lines.back()));
}

// The first line of what docker says; empty: it found nothing, and `complaint` says why.
Result<std::string> answer_of(std::vector<std::string> words, std::string& complaint) {
    constexpr std::size_t limit = 1u << 20;
    const auto done = TRY(docker(std::move(words), "", start_of_container, limit));
    if (done.timed_out)
        return could_not(fmt::format("docker gave no answer within {}", format_duration(start_of_container)));
    if (done.status != 0) complaint = complaint_of(done);
    if (done.status != 0) return std::string();
    return std::string(trim(std::string_view(done.out).substr(0, done.out.find('\n'))));
}

}

Result<Inside> Inside::open(const std::string& service) {
    std::string complaint;
    const auto inspect = [&](const char* what, const std::string& id) {
        return answer_of({"inspect", "--type", "container", "--format", what, id}, complaint);
    };
    auto id = TRY(answer_of({"compose", "ps", "--quiet", service}, complaint));
    if (id.empty()) {
        const auto running = TRY(inspect("{{.State.Running}}", service));
        if (running == "true") id = service;
    }
    if (id.empty())
        return usage(
            fmt::format("'{}' is neither a running service of the compose project in this folder nor a running "
                        "container; see: docker compose ps{}",
                        service, complaint.empty() ? "" : " (docker: " + complaint + ")"));
    auto image = TRY(inspect("{{.Image}}", id));
    if (image.empty()) return could_not(fmt::format("the image of '{}' is not known: {}", service, complaint));
    return Inside(service, std::move(id), std::move(image));
}

Result<sys::HttpResponse> Inside::send(const sys::HttpRequest& request) {
    constexpr std::size_t head = 1u << 20;
    const auto helper = TRY(sys::helper_program("fairlead-fetch"));
    const auto done =
        TRY(docker({"run",
                    "--rm",
                    "--interactive",
                    "--pull",
                    "never",
                    "--network",
                    "container:" + container_,
                    "--read-only",
                    "--cap-drop",
                    "ALL",
                    "--security-opt",
                    "no-new-privileges",
                    "--user",
                    "65534:65534",
                    "--volume",
                    helper + ":/fairlead-fetch:ro",
                    "--entrypoint",
                    "/fairlead-fetch",
                    image_,
                    sys::origin_of(request.url)},
                   sys::fetch_question(request), request.timeout + start_of_container, request.body_limit + head));
    sys::HttpResponse response;
    if (done.truncated) response.failure = sys::HttpFailure::too_large;
    if (done.timed_out) response.failure = sys::HttpFailure::timeout;
    if (response.failure != sys::HttpFailure::none) return response;
    if (done.status == 0) return sys::read_fetch_answer(done.out);
    constexpr int not_started = 125; // of docker itself, and up: it could not start the program
    return could_not(fmt::format(
        "from inside {}: {}{}", service_, complaint_of(done),
        done.status >= not_started
            ? "; the image needs glibc 2.36 or newer, as Debian 12 and Ubuntu 24.04 have; without it, ask from outside"
            : ""));
}

Result<void> check_inside(const Plan& plan) {
    const auto is_probe = [](const Check& check) { return static_cast<bool>(check.probe); };
    const auto found = std::find_if(plan.checks.begin(), plan.checks.end(), is_probe);
    if (found != plan.checks.end())
        return usage(
            fmt::format("--exec sends plain requests, and '{}' is a probe; leave it out, or ask it without --exec",
                        found->name),
            found->place);
    const auto wants_certificate = [](const Check& check) {
        return std::any_of(check.expect.asserts.begin(), check.expect.asserts.end(),
                           [](const HurlAssert& one) { return one.wants_certificate(); });
    };
    const auto certain = std::find_if(plan.checks.begin(), plan.checks.end(), wants_certificate);
    if (certain != plan.checks.end())
        return usage(
            fmt::format("--exec sees no certificates, and '{}' asserts one; remove one of the two", certain->name),
            certain->place);
    if (!plan.scripts.empty())
        return usage("--exec can't play Hurl files; give the URLs to ask, or play the files without --exec");
    for (const auto& [is_set, name] : {std::pair{!plan.resolve.empty(), "--resolve"},
                                       {!plan.ca_file.empty(), "--ca-file (or ca_file)"},
                                       {plan.insecure, "--insecure"},
                                       {!plan.at.empty(), "--at"},
                                       {plan.compare.has_value(), "--compare (or compare)"}})
        if (is_set) return usage(fmt::format("--exec and {} can't be used together; remove one of the two", name));
    return {};
}

}
