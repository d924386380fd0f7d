#include "cli/render/man.h"
#include "base/text.h"
#include "support/catch.h"
#include "support/support.h"
#include "unit/cli/sample.h"

using namespace fairlead;
using fairlead::test::has;

namespace {

std::string page(const std::function<void(cli::Spec&)>& change) {
    test::Options options;
    cli::Spec spec = test::sample_spec(options);
    change(spec);
    return cli::render_man(spec);
}

}

TEST_CASE("a sentence of any kind is text in a man page, and begins a line") {
    const auto text = page([](cli::Spec& spec) {
        spec.inputs[0].help = ".Ar 'a' \\n is \"b\" – `c-d e`. 'Tis --here. Then v1.2.3, too.";
    });
    CHECK(has(
        text,
        "\n\\&.Ar 'a' \\en is \\(dqb\\(dq \\[u2013] \\(oqc\\-d e\\(cq.\n\\&'Tis \\-\\-here.\nThen \\%v1.2.3, too.\n"));
    for (const std::string& line : split(text, '\n')) CHECK(line.size() <= 80);
}

TEST_CASE("an argument of a macro is no macro and no punctuation") {
    const auto text = page([](cli::Spec& spec) {
        spec.inputs[0].placeholder = "Ar";
        spec.inputs[2].placeholder = "[A|B]";
        spec.inputs[3].placeholder = "A B";
    });
    CHECK(has(text, ".It Fl \\-name Ar \\&Ar\n"));
    CHECK(has(text, ".It Fl \\-times Ar \\&[A|B]\n"));
    CHECK(has(text, ".It Fl \\-ratio Ar \"A B\"\n"));
}

TEST_CASE("a man page tells of commands, flags by group, secrets and keys, and of nothing hidden") {
    const auto text = page([](cli::Spec&) {});
    CHECK(has(text, ".Nm fairlead-sample\n.Op Cm show\n.Op Ar flag ...\n.Op Ar LIST ...\n"));
    CHECK(has(text, ".Nm fairlead-sample\n.Cm check\n"));
    CHECK(has(text, ".It Fl q , Fl \\-quiet\n"));
    CHECK(has(text, ".El\n.Ss Bodies\n.Bl -tag -width Ds\n.It Fl \\-body Ar TEXT\n"));
    CHECK(has(text, ".It Ev FAIRLEAD_TOKEN\nA token.\n"));
    CHECK(has(text, ".It Va sample.loop.times Pq integer\n"));
    for (const char* hidden : {"keep", "slot", "render"}) CHECK_FALSE(has(text.substr(text.find('\n')), hidden));
}
