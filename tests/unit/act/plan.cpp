#include "act/act.h"
#include "support/catch.h"
#include <algorithm>

using namespace fairlead;
using namespace fairlead::act;

namespace {

bool has(const std::vector<std::string>& words, const std::string& first, const std::string& second) {
    for (std::size_t i = 0; i + 1 < words.size(); ++i)
        if (words[i] == first && words[i + 1] == second) return true;
    return false;
}
Workflow workflow_on(std::vector<std::string> events) {
    Workflow workflow;
    for (auto& event : events) workflow.triggers.push_back({std::move(event), {}, {}});
    return workflow;
}
const Places places{"/r", ".github/workflows/x.yml", "/r/.git/fairlead/act-x.json", "/opt/bin", ""};

}

TEST_CASE("the repository's name comes from its remote") {
    CHECK(repository_name("git@github.com:acme/shop.git", "/w/x") == "acme/shop");
    CHECK(repository_name("https://github.com/acme/shop", "/w/x") == "acme/shop");
    CHECK(repository_name("ssh://git@host:22/acme/shop.git/", "/w/x") == "acme/shop");
    CHECK(repository_name("/srv/git/shop.git", "/w/x") == "local/x");
    CHECK(repository_name("", "/w/x") == "local/x");
}

TEST_CASE("a change is tried before a push, and what can't be made up is refused") {
    CHECK(choose_event(workflow_on({"workflow_dispatch", "push", "pull_request"}), "x", "").value() == "pull_request");
    CHECK(choose_event(workflow_on({"workflow_dispatch", "push"}), "x", "").value() == "push");
    CHECK(choose_event(workflow_on({"release", "schedule"}), "x", "").value() == "schedule");
    CHECK(choose_event(workflow_on({"push", "workflow_dispatch"}), "x", "workflow_dispatch").value() ==
          "workflow_dispatch");
    CHECK(!choose_event(workflow_on({"push"}), "x", "pull_request").ok());
    CHECK(!choose_event(workflow_on({"issue_comment"}), "x", "").ok());
}

TEST_CASE("every runner of the workflow is this machine, or the image") {
    auto workflow = workflow_on({"push"});
    workflow.labels = {"self-hosted", "ubuntu-22.04"};
    auto words = command(workflow, "push", places, {});
    CHECK(has(words, "-P", "self-hosted=-self-hosted"));
    CHECK(has(words, "-P", "ubuntu-22.04=-self-hosted"));
    CHECK(has(words, "-P", "ubuntu-24.04=-self-hosted")); // an expression may stand for it
    CHECK(has(words, "--env", "FAIRLEAD_BIN_DIR=/opt/bin"));
    Request request;
    request.image = "ours:1";
    words = command(workflow, "push", places, request);
    CHECK(has(words, "-P", "self-hosted=ours:1"));
    CHECK(has(words, "--container-options", "--volume=/opt/bin:/opt/bin:ro"));
    auto spaced = places;
    spaced.programs = "/opt/my bin";
    words = command(workflow, "push", spaced, request);
    CHECK(has(words, "--container-options", "--volume='/opt/my bin:/opt/my bin:ro'"));
}

TEST_CASE("no file of the work tree gives variables or secrets, and no label of another system is this machine") {
    auto workflow = workflow_on({"push"});
    workflow.labels = {"macos-14", "Windows-latest"};
    const auto words = command(workflow, "push", places, {});
    for (const std::string file : {"--env-file", "--secret-file", "--var-file", "--input-file"})
        CHECK(has(words, file, "/dev/null"));
    CHECK(!has(words, "-P", "macos-14=-self-hosted"));
    CHECK(!has(words, "-P", "Windows-latest=-self-hosted"));
    CHECK(has(words, "-C", "/r"));
}

TEST_CASE("a workflow that deploys only says what it would do, unless told otherwise") {
    auto workflow = workflow_on({"push"});
    const std::string dry = "FAIRLEAD_DRY_RUN=true";
    CHECK(!has(command(workflow, "push", places, {}), "--env", dry));
    workflow.deploys = true;
    CHECK(has(command(workflow, "push", places, {}), "--env", dry));
    Request request;
    request.live = true;
    CHECK(!has(command(workflow, "push", places, request), "--env", dry));
}

TEST_CASE("secrets go by name, and our actions come from the folder that is there") {
    auto workflow = workflow_on({"push"});
    workflow.actions = {{"actions/checkout", "1"}, {"fairlead/fairlead", "abc"}};
    Request request;
    request.secrets = {"TOKEN"};
    auto with_actions = places;
    with_actions.actions = "/opt/share";
    const auto words = command(workflow, "push", with_actions, request);
    CHECK(has(words, "-s", "TOKEN"));
    CHECK(has(words, "--local-repository", "fairlead/fairlead@abc=/opt/share"));
    CHECK(std::count(words.begin(), words.end(), "--local-repository") == 1);
    const auto by_network = command(workflow, "push", places, request);
    CHECK(std::count(by_network.begin(), by_network.end(), "--local-repository") == 0);
}
