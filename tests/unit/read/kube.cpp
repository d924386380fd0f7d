#include "read/kube.h"
#include "support/catch.h"

using namespace fairlead::read;

TEST_CASE("a file holds objects by kind, also in lists") {
    const KubeFile file = read_kube("---\napiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: b}\n"
                                    "---\nkind: List\napiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Service\n"
                                    "---\n# nothing\n---\nother: yaml\n",
                                    "k.yaml");
    REQUIRE(file.objects.size() == 2);
    CHECK(file.problems.empty());
    CHECK(file.objects[0].name == "a");
    CHECK(file.objects[0].space == "b");
    CHECK(file.objects[1].kind == "Service");
    CHECK(file.objects[1].root.line == 9);
}

TEST_CASE("a document that is no YAML leaves the others") {
    const KubeFile file =
        read_kube("apiVersion: v1\nkind: Pod\n---\na: [\n---\napiVersion: v1\nkind: Service\n", "k.yaml");
    REQUIRE(file.objects.size() == 2);
    CHECK(file.objects[1].root.line == 6);
    REQUIRE(file.problems.size() == 1);
    CHECK(file.problems[0].line >= 4);
    CHECK(file.problems[0].line <= 5);
}

TEST_CASE("a template of Helm isn't read, and no problem") {
    const KubeFile file = read_kube("apiVersion: v1\nkind: {{ .Values.kind }}\n  {{- if x }}\n", "k.yaml");
    CHECK(file.is_template);
    CHECK(file.objects.empty());
    CHECK(file.problems.empty());
}

TEST_CASE("each workload has its pods' template") {
    const auto name_of = [](const std::string& text) {
        const KubeFile file = read_kube("apiVersion: v1\n" + text, "k.yaml");
        REQUIRE(file.objects.size() == 1);
        const auto* pod = kube_pod(file.objects[0]);
        return pod ? kube_text(*pod, "spec.serviceAccountName") : "no workload";
    };
    CHECK(name_of("kind: Pod\nspec: {serviceAccountName: x}") == "x");
    CHECK(name_of("kind: Deployment\nspec: {template: {spec: {serviceAccountName: x}}}") == "x");
    CHECK(name_of("kind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {serviceAccountName: x}}}}}") == "x");
    CHECK(name_of("kind: Service\nspec: {serviceAccountName: x}") == "no workload");
    CHECK(name_of("kind: Deployment\nspec: none") == "no workload");
}

TEST_CASE("values are found by their path") {
    const KubeFile file = read_kube("apiVersion: v1\nkind: Pod\na: {b: {c: true, d: [1]}}\n", "k.yaml");
    REQUIRE(file.objects.size() == 1);
    const auto& root = file.objects[0].root;
    CHECK(kube_true(root, "a.b.c"));
    CHECK_FALSE(kube_true(root, "a.b"));
    CHECK(kube_at(root, "a.b.d")->items.size() == 1);
    CHECK(kube_at(root, "a.x.y") == nullptr);
    CHECK(kube_text(root, "a.b.c.d").empty());
}
