#include "base/text.h"
#include "scan/engine.h"
#include "support/catch.h"
#include <string>

using namespace fairlead;
using namespace fairlead::scan;

namespace {

std::vector<std::string> rules_at(std::string_view path, std::string_view text) {
    auto engine = Engine::make({rules().begin(), rules().end()}, {});
    REQUIRE(engine.ok());
    auto hits = engine.value().find(sample(text), Guess::yes, path);
    REQUIRE(hits.ok());
    std::vector<std::string> ids;
    for (const Hit& hit : hits.value()) ids.emplace_back(hit.rule->id);
    return ids;
}

using Ids = std::vector<std::string>;

}

TEST_CASE("a password that a person chose counts in a file of settings, however it is written there") {
    for (const auto& [path, text] : {
             std::pair("src/main/resources/application-prod.yaml", "    pass|word: \"*H4arbour@Lights!\""),
             std::pair("application.properties", "spring.datasource.pass|word=harbour@2026"),
             std::pair("application.yml", "#    pass|word: ab7Harbour@2Li"),
             std::pair("appsettings.Development.json", "    \"Pass|word\": \"Harbour26\","),
             std::pair("appsettings.json", "\"Db\": \"Server=db;User Id=sa;Pass|word=Harbour@26;Encrypt=true;\""),
             std::pair("appsettings.json", "    \"Key\": \"Harbour-Light-|Signs-2026\","),
             std::pair("helm/values.yaml", "  pass|word: \"Harbour26!\" # of the admin"),
             std::pair("k8s/configmap.yaml", "  SA_PASS|WORD: \"Harbour26!\""),
             std::pair("docker-compose.dev.yml", "      - SA_PASS|WORD=Harbour26!"),
             std::pair("compose.yaml", "  pass|word: ${DB_PASS|WORD:-Harbour26!}"),
             std::pair("application.yml", "x: {pass|word: Harbour26}"),
         }) {
        INFO(path << ": " << sample(text));
        CHECK(rules_at(path, text) == Ids{"settings-password"});
    }
    for (const std::string_view value :
         {"${DB_PASSWORD_1}", "{{ .Values.pass1 }}", "changeme-123", "your-password-1", "Password123!", "$DB_PASS_12",
          "ENC(G6N718UuyPE5bHyW)", "vault:secret/db#pass1", "DB_PASSWORD_26", "test-user-26", "1q2w3E*r5t6y7u",
          "%PASS_26%", "must be 8 letters", "/run/secrets/db_26", "postgres", "xxxxxxxx1"}) {
        INFO(value);
        CHECK(rules_at("application.yml", "pass|word: \"" + std::string(value) + "\"").empty());
        CHECK(rules_at("appsettings.json", "\"Pass|word\": \"" + std::string(value) + "\"").empty());
    }
    CHECK(rules_at("values.yaml", "secret|Key: login-of-db-1").empty()); // the name of a secret
    CHECK(rules_at("appsettings.json", "\"Key\": \"29f63271-dc2f-4734-|8221-5b31b5169bac\"").empty());
    CHECK(rules_at("locales/de.yml", "pass|word: Harbour26!").empty());
}

TEST_CASE("a weak password counts where its name says that it is one, as a warning") {
    for (const auto& [path, text] :
         {std::pair(".env", "DB_PASS|WORD='123456'"), std::pair("env.prod", "DB_PASS|WORD=4711"),
          std::pair(".env.local", "JWT_ACCESS_SECRET_K|EY='access'"),
          std::pair("docker-compose.yml", "  MYSQL_PASS|WORD: \"sausages\""),
          std::pair("application.yml", "  pass|word: harbour-admin-password"),
          std::pair("prod.env", "DB_PA|SS=harbour")}) {
        INFO(path << ": " << sample(text));
        CHECK(rules_at(path, text) == Ids{"weak-password"});
    }
    for (const std::string_view text :
         {"DB_PASS|WORD=pass", "DB_PASS|WORD=abcd", "DB_PASS|WORD=guest", "DB_PASS|WORD=your-db-password",
          "DB_PASS|WORD=db_password", "DB_PASS|WORD=changeit", "DB_PASS|WORD_FILE=harbour", "DB_USER=harbour",
          "DB_PASS|WORD=my-db-password", "DB_PASS|WORD=$HARBOUR"}) {
        INFO(sample(text));
        CHECK(rules_at(".env", text).empty());
    }
    CHECK(rules_at(".env.example", "DB_PASS|WORD=sausages").empty());
    CHECK(rules_at("values.yaml", "existingSecret: harbour-login").empty());
}

TEST_CASE("files of variables count under every usual name") {
    for (const auto* path :
         {".env.build", ".env.dev", ".env.test", ".env.bak", ".env-prod", "env.prod", "prod.env", "a/local.env"}) {
        INFO(path);
        CHECK(rules_at(path, "DB_PASS|WORD=Harbour26!") == Ids{"env-file-password"});
    }
    CHECK(rules_at(".env.example", "DB_PASS|WORD=Harbour26!").empty());
}

TEST_CASE("a default in a program, and a database on the same machine, are warnings") {
    CHECK(rules_at("a.py", "P = os.environ.get(\"DB_PASS|WORD\", \"harbour\")") == Ids{"default-password"});
    CHECK(rules_at("a.php", "'password' => env('DB_PASS|WORD', '4711'),") == Ids{"default-password"});
    CHECK(rules_at("a.py", "P = os.environ.get(\"DB_PASS|WORD\", \"abc\")").empty());
    CHECK(rules_at("a.py", "P = os.environ.get(\"DB_NAME\", \"harbour\")").empty());
    CHECK(rules_at("a.ts", "u = 'post|gresql://postgres:harbour26@localhost:5432/a'") ==
          Ids{"local-database-password"});
    for (const std::string_view text : {"post|gresql://postgres:harbour@localhost/a", "my|sql://foo:bar26@localhost/a",
                                        "post|gresql://app:app26@localhost/a", "my|sql://a%3A:bar%2F@localhost/b"}) {
        INFO(sample(text));
        CHECK(rules_at("a.ts", text).empty());
    }
}

TEST_CASE("a password of letters counts behind a host that is called a proxy, unless it is for the web") {
    const std::string letters = "kTbQxRkLkorQqsLfqCjuVprDxmQxqGpQ";
    CHECK(rules_at("a.py", "post|gresql://app:" + letters + "@roundhouse.proxy.acme.net:5432/a").size() == 1);
    CHECK(rules_at("a.py", "ht|tps://app:" + letters + "@roundhouse.proxy.acme.net").empty());
    const std::string hex = "21c6ecab61943f19040a1c8b43ede600";
    CHECK(rules_at("a.js", "ht|tps://" + hex + ":" + hex.substr(3) + "abc@sentry.io/4711").empty());
    CHECK(rules_at("a.js", "ht|tps://" + hex + ":" + hex.substr(3) + "abc@git.acme.io/a").size() == 1);
}

TEST_CASE("each value of a Secret of Kubernetes is judged") {
    const std::string head = "apiVersion: v1\nkind: Sec|ret\nmetadata:\n  name: shop\ntype: Opaque\ndata:\n";
    const auto line = [](std::string_view name, std::string_view value) {
        return "  " + std::string(name) + ": " + base64(sample(value)) + " # why\n";
    };
    const std::string first = line("db-password", "t7Kq2|vWz9B18xLp3"), second = line("token", "kJ8s9|dFq2LmZ7xQv");
    CHECK(rules_at("a.yaml", head + first + line("url", "jdbc:postgresql://db:5432/shop") + second).size() == 2);
    CHECK(rules_at("a.yaml", head + line("db-username", "harbour-service") + second).size() == 1);
    CHECK(rules_at("a.yaml", head + line("url", "postgres"
                                                "ql://app:t7Kq2vWz9B@db:5432/shop"))
              .size() == 1);
    CHECK(rules_at("a.yaml", head + line("host", "db.harbour.internal") + line("mail-host", "mx.harbour.internal"))
              .empty());
    // what follows the values, and is no value
    CHECK(rules_at("a.yaml", head + first + "metadata:\n  namespace: productionplace\n").size() == 1);
    CHECK(rules_at("a.yaml", head + "  name: productionplace\n").empty()); // not encoded
}

TEST_CASE("a password with the word in it is judged by its rest") {
    const auto told = [](std::string_view value) {
        return rules_at("values.yaml", "  pass|word: '" + sample(value) + "'") == Ids{"settings-password"};
    };
    CHECK(told("Super|Secret123!"));
    CHECK(told("Harb|ourPassword26"));
    for (const std::string_view value : {"Pass|word12345", "super|secret123!", "Your|Password123!", "My|Secret26",
                                         "Strong|Password123!", "SUPER|SECRET123!"}) {
        INFO(value);
        CHECK_FALSE(told(value));
    }
}

TEST_CASE("what is encrypted, or in another script, is no password") {
    for (const std::string_view value : {"ENC[AES256_GCM,data:k8s9dFq2Lm==,iv:Zx7=,tag:q2==,type:str]",
                                         "{cipher}k8s9dFq2LmZ7x", "vault:v1:k8s9dFq2LmZ7x"}) {
        INFO(value);
        CHECK(rules_at("apps/secret.yaml", "    pass|word: " + std::string(value)).empty());
        CHECK(rules_at("prod.env", "DB_PASS|WORD=" + std::string(value)).empty());
    }
    CHECK(rules_at("application.properties", "a.pass|word=\\u6362\\u81ea\\u5df1\\u7684\\u5bc6").empty());
}

TEST_CASE("passwords count in Terraform, in Android's properties, in constants and in commented lines") {
    CHECK(rules_at("a.tf", "  var_vm_p|wd = \"AShwqe2324$\"") == Ids{"hashicorp-tf-password"});
    CHECK(rules_at("a.tf", "    shared_|key = \"Harbour26%\"") == Ids{"hashicorp-tf-password"});
    CHECK(rules_at("a.tf", "    shared_|key = \"${var.key_26}\"").empty());
    CHECK(rules_at("keystore.properties", "storePass|word = android26x") == Ids{"settings-password"});
    CHECK(rules_at("a.js", "const iUserPass|wordOld = 'harbourlights2019K';") == Ids{"password-in-code"});
    for (const std::string_view text :
         {"const userPass|word = 'harbourlights';", "const userPass|word = 'harbour2019lights';",
          "  userPass|word: 'harbourlights2019K',", "const userPass|word = getPassword2019('K');"}) {
        INFO(text);
        CHECK(rules_at("a.js", text).empty());
    }
    CHECK(rules_at("application.yml", "#      pass|word: boxfish") == Ids{"weak-password"});
    CHECK(rules_at("docker-compose.yml", "  MYSQL_ROOT_PASS|WORD: root_password_2024") == Ids{"weak-password"});
    CHECK(rules_at("docker-compose.yml", "  - POSTGRES_PASS|WORD=todo_password") == Ids{"weak-password"});
    CHECK(rules_at("docker-compose.yml", "  - POSTGRES_PASS|WORD=user_password").empty());
    CHECK(rules_at("docker-compose.yml", "  - U=post|gresql://todo_user:todo_password@postgres:5432/a") ==
          Ids{"local-database-password"});
}

TEST_CASE("a name that stands in an attribute `key` is that of the value beside it") {
    const std::string value = "McFbD+YA8Zbz94FbxFUzOvfF63WAHAWvm7RpbeucEg=";
    CHECK(rules_at("Web.config", "<add key=\"ClientSec|ret\" value=\"" + value + "\" />") == Ids{"generic-api-key"});
    CHECK(rules_at("Web.config", "<add key=\"ClientId\" value=\"" + value + "\" />").empty());
}

TEST_CASE("plain digests of passwords in a dump are told, those of files are not") {
    const std::string rows =
        "(1, 'ada', '3f29b543955235245b2497399d7a93c1'),\n(2, 'bob', '4297f44b13955235245b2497399d7a93');\n";
    CHECK(rules_at("a.sql", "INSERT INTO `users` (`id`, `name`, `pass|word`) VALUES\n" + rows).size() == 2);
    CHECK(rules_at("a.sql", "INSERT INTO `files` (`id`, `name`, `md5`) VALUES\n" + rows).empty());
}
