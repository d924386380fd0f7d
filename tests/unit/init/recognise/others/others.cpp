#include "support/catch.h"
#include "unit/init/found.h"

using namespace fairlead;
using namespace fairlead::init;

TEST_CASE("of other languages the usual test command is known, and the report where there is one") {
    struct Row {
        Texts files;
        std::string test, evidence;
    };
    const Row rows[] = {
        {{{"Gemfile", "gem 'rspec_junit_formatter'\n"}, {"spec/a_spec.rb", ""}},
         "mkdir -p reports\nbundle exec rspec --format progress --format RspecJunitFormatter --out reports/junit.xml\n",
         "tests=reports/junit.xml "},
        {{{"Gemfile", "gem 'rspec'\n"}, {".rspec", ""}}, "bundle exec rspec\n", ""},
        {{{"Gemfile", "gem 'rails'\n"}, {"bin/rails", ""}, {"test/a_test.rb", ""}}, "bin/rails test\n", ""},
        {{{"Gemfile", ""}, {"Rakefile", ""}, {"test/a_test.rb", ""}}, "bundle exec rake test\n", ""},
        {{{"composer.json", R"({"require-dev":{"phpunit/phpunit":"11"}})"}},
         "mkdir -p reports\nvendor/bin/phpunit --log-junit reports/junit.xml\n",
         "tests=reports/junit.xml "},
        {{{"composer.json", R"({"require-dev":{"pestphp/pest":"3"}})"}},
         "mkdir -p reports\nvendor/bin/pest --log-junit reports/junit.xml\n",
         "tests=reports/junit.xml "},
        {{{"Shop.sln", ""}, {"Shop.Tests/Shop.Tests.csproj", "Microsoft.NET.Test.Sdk"}},
         "dotnet test --logger trx;LogFileName=tests.trx --results-directory reports\n",
         "tests=reports/*.trx "},
        {{{"mix.exs", ":junit_formatter"}},
         "mix test --formatter JUnitFormatter --formatter ExUnit.CLIFormatter\n",
         "tests=_build/test/lib/*/test-junit-report.xml "},
        {{{"mix.exs", ""}}, "mix test\n", ""},
        {{{"MODULE.bazel", ""}}, "bazel test //...\n", "tests=bazel-testlogs/**/test.xml "},
        {{{"justfile", "x := 'y'\n@test arg='a': build\n  true\n"}}, "just test\n", ""},
        {{{"Taskfile.yml", "version: '3'\ntasks:\n  test: {cmds: [x]}\n"}}, "task test\n", ""},
    };
    for (const auto& row : rows) {
        const auto component = only(row.files);
        INFO(row.files.begin()->first << ": " << component.name << " " << doubts(component));
        CHECK(commands(component.test) == row.test);
        CHECK(evidence(component) == row.evidence);
        CHECK(row.evidence.empty() == says(component, "writes no report"));
    }
}

TEST_CASE("Ruby's puma is served at the socket, after its packages and tables") {
    const auto rails = only({{"Gemfile", "gem 'rails'\ngem 'puma'\ngem 'pg'\n"}, {"config.ru", ""}});
    CHECK(join(rails.serve, " ") == "bundle exec puma --bind unix://{socket}");
    CHECK(commands(rails.prepare).ends_with("bundle install\nbin/rails db:migrate\n"));
    CHECK(join(rails.services, " ") == "postgresql");
    CHECK(only({{"Gemfile", ""}, {"config.ru", ""}}).serve.empty());
}

TEST_CASE("PHP and others are served by the team's own image") {
    const auto laravel = only({{"composer.json", R"({"require":{"laravel/framework":"12"}})"}});
    CHECK(laravel.kind == fairlead::init::Kind::service);
    CHECK(says(laravel, "--stack generic"));
}
