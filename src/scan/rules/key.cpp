#include "scan/rules/check.h"

namespace fairlead::scan {
namespace {

// Private keys, passwords, the generic rule.
constexpr Rule key_table[] = {
    {.id = "age-secret-key",
     .title = "age identity",
     .issuer = "private-key",
     .shape = Shape::sealed,
     .keywords = {"age-secret-key-1"},
     .pattern = R"(AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58})",
     .check = check_age,
     .hits = {"AGE-SECR|ET-KEY-15D9CAN5Z6SL2673QE8DE03DNWCPTGNCX6DHMX38UFPZW20Z0J9QQRKFELC"},
     .misses = {"AGE-SECR|ET-KEY-15D9CAN5Z6SL2673QE8DE03DNWCPTGNCX6DHMX38UFPZW20Z0J9QQRKFELQ"}},
    {.id = "private-key",
     .title = "private key",
     .issuer = "private-key",
     .shape = Shape::block,
     .keywords = {"private key", "ls0tls1crudjti"},
     .pattern =
         R"((-----BEGIN[ A-Z]{0,20} PRIVATE KEY(?: BLOCK)?-----[\s\S]{20,}?-----END[ A-Z]{0,20} PRIVATE KEY|LS0tLS1CRUdJTi[0-9A-Za-z+/]{100,}={0,2}))",
     .check = check_private_key,
     .in_tests = InTests::warning,
     .hits =
         {"-----BEGIN EC PRIVA|TE "
          "KEY-----\nMHcngzZpVNIZCFnNd|d8qQlGHaAKCXX2yau/"
          "dQGK4ggLSN+PEmFySsh6H1Zah2QnJ\noa+ZG6jE8eRBwh5ohsrXndwNr7gWP3fC90NQClNlsegt85xI6xzg536BMIi1k4Wt\n37ty5kNXg+"
          "u9wg5gp5iq8/wM4xT73kh9HA==\n-----END EC PRIVATE KEY-----\n",
          "-----BEGIN OPENSSH PRIVA|TE "
          "KEY-----\\nb3BlbnNzaC1rZXkt|djEAG6N5bYQcbhogbwknzKEeEA+wMYzF+3JScqBweTPIjQjF\\niVd8nQm/"
          "qVbcPSwbj+1kcBgiWWpN8s6PSFVlGhoESdj6Ns+bqLtHEX4a/YLm6FnT\\ntJ9ZVrXMmxf2\\n-----END OPENSSH PRIVATE "
          "KEY-----\\n",
          "tls.key: "
          "LS0tLS1CR|UdJTiBFQyBQUklWQVRFIEtFWS0tLS0tCk1IYWxUY29ZSlRDN0hXMFRMTjdXSTNzdTJSNC9jaC9MR1hFW"
          "FJKVFdTVHlkWERSZ3ZqRWdIbW4rMnFEdTZMbVpmMXg4S1puOXIrV1RKVHpXVks5Tit0Y1VKNkN1cy83cEl5K0s4aUV"
          "mbnVTUnhiRUw3TFZXTy93ZWI1TkNmc3ZJL2lsVjVjMk9SdHlPMUxmQ2RrMHFXazEyCmR3YjRYWWFRCi0tLS0tRU5EI"
          "EVDIFBSSVZBVEUgS0VZLS0tLS0K"},
     .misses =
         {"tls.key: "
          "LS0tLS1CR|UdJTiBDRVJUSUZJQ0FURS0tLS0tCk1IYWxUY29ZSlRDN0hXMFRMTjdXSTNzdTJSNC9jaC9MR1hFWFJKV"
          "FdTVHlkWERSZ3ZqRWdIbW4rMnFEdTZMbVpmMXg4S1puOXIrV1QKSlR6V1ZLOU4rdGNVSjZDdXMvN3BJeStLOGlFZm5"
          "1U1J4YkVMN0xWV08vd2ViNU5DZnN2SS9pbFY1YzJPUnR5TzFMZkNkazBxV2sxMgpkd2I0WFlhUQotLS0tLUVORCBDR"
          "VJUSUZJQ0FURS0tLS0tCg==",
          "-----BEGIN PRIVA|TE KEY-----\n...\n-----END PRIVATE KEY-----\n",
          "---|--BEGIN PUBLIC KEY-----\nNt74J|VO1RPmqdA76IHe6w4P1vopWbPuh0NgUS8YmTGo8uvPGxRSbqRVTFiteZYae\n-----END "
          "PUBLIC KEY-----\n"}},
    {.id = "jwt",
     .title = "JSON Web Token",
     .issuer = "jwt",
     .keywords = {"eyj"},
     .pattern = R"(eyJ[0-9A-Za-z_-]{12,}\.eyJ[0-9A-Za-z_-]{12,}\.[0-9A-Za-z_-]{16,})",
     .check = check_jwt,
     .in_tests = InTests::warning,
     .hits = {"Bearer "
              "e|yJhbGciOiJIUzI1NiIsInR5cCI6Ik|pXVCJ9.eyJzdWIiOiI3MzEyIiwibmFtZSI6IkFkYSJ9.hHY831zbC1xO0y-RZgFKtvt-6y_"
              "0WIvaWTmm6wRDWcx"},
     .misses = {"e|yJhbHRlcm5hdGl2ZSI6dHJ1ZX0.ey|JzdWIiOiI3MzEyIiwibmFtZSI6IkFkYSJ9.AOlWfJb5T-"
                "GFXr5yTvsMleoH3DvQ0mKYP26drakrZAt"}},
    {.id = "connection-string-password",
     .title = "password in a connection string",
     .issuer = "database",
     .shape = Shape::raw,
     .keywords = {"://"},
     .pattern =
         R"((?i:postgres(?:ql)?|mysql2?|mariadb|mongodb|rediss?|amqps?|mssql|clickhouse|nats|ldaps?|smtps?|s?ftps?|https?)(?:\+\w{1,12})?://[^\s:/@"'<>]{0,64}:([^\s:/@"'<>{}$]{6,128})@[0-9A-Za-z][\w.-]*)",
     .entropy = 2.5,
     .check = check_connection,
     .follows = has_password_in_url,
     .in_tests = InTests::warning,
     .hits = {"DATABASE_URL=post|gresql://app:YNsoiRJdqo2m5yMgnX@db.example.org:5432/app",
              "am|qps://worker:KZOm6HngVSpK@mq.internal", "htt|ps://deploy:t7Kq2vWz9B@git.acme.io/app.git"},
     .misses = {"post|gres://app:${DB_PASSWORD}@db.example.org/app", "post|gres://postgres:postgres@localhost/test",
                "htt|p://user:hunter22@proxy.example.com:3128", "htt|ps://example.org:8443/a@b"}},
    {.id = "basic-auth",
     .title = "user and password in base64",
     .issuer = "login",
     .shape = Shape::raw,
     .keywords = {"auth", "basic"},
     .pattern =
         R"((?i:\b\b_?auth\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?(?:basic\s)?|basic\s{1,3})([0-9A-Za-z+/]{12,400}={0,2})(?:[^\w+/=-]|$))",
     .check = check_basic,
     .follows = is_followed_by_login,
     .in_tests = InTests::warning,
     .hits = {"\"au|th\": \"ZGVwbG95Ond1NGZLcTJ2V3o5QjE=\"", "Authori|zation: Bas|ic ZGVwbG95Ond1NGZLcTJ2V3o5QjE="},
     .misses = {"Author|ization: Bas|ic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "\"au|th\": \"dXNlcjpwYXNzd29yZA==\"",
                "au|th = authentication_handler"}},
    {.id = "netrc-password",
     .title = "password in a netrc file",
     .issuer = "login",
     .shape = Shape::raw,
     .keywords = {"machine"},
     .pattern = R"(\b\bmachine\s+\S+\s+login\s+\S+\s+password\s+([^\s"'`<>${}]{6,128}))",
     .entropy = 2.5,
     .check = check_password,
     .in_tests = InTests::warning,
     .hits = {"machi|ne git.acme.io login deploy password t7Kq2vWz9B"},
     .misses = {"machi|ne host login user password password", "machi|ne x login y password $TOKEN_OF_CI"}},
    {.id = "curl-auth-user",
     .title = "password in a command of curl",
     .issuer = "login",
     .shape = Shape::raw,
     .keywords = {"-u", "--user"},
     .pattern =
         R"re((?:^|\s)(?:-u\s{0,3}|--user[\s=]\s{0,3})\\?["']?[\w.@+-]{1,64}:([^\s"'`\\<>{}$/][^\s"'`\\<>{}$]{9,127}))re",
     .entropy = 3,
     .check = check_typed,
     .in_tests = InTests::warning,
     .hits = {"curl -u bob|:kJ8s9dFq2LmZ7xQv https://api.acme.io/", "curl --user \"bob|:kJ8s9dFq2!LmZ7xQv\" $url"},
     .misses = {"cu|rl -u bob:$PASSWORD https://api.acme.io/", "cu|rl -u elastic:changeme localhost:9200",
                "dock|er run -u 1000:1000 --user node:node app", "cu|rl -u bob:your-password-here1 localhost"}},
    {.id = "sql-password",
     .title = "password in an SQL statement",
     .issuer = "database",
     .shape = Shape::raw,
     .keywords = {"password", "identified"},
     .pattern =
         R"((?i:\b(?:user|role|grant|with|set|alter|login|encrypted)\b[^\n]{0,200}?\b(?:password|identified(?:\s+with\s+\S+)?\s+by)\s{1,3})'([^'\n]{8,128})')",
     .entropy = 3,
     .check = check_typed,
     .in_tests = InTests::warning,
     .hits = {"CREATE USER bob WITH PASS|WORD 'kJ8s9|dFq2LmZ7xQv';",
              "CREATE USER 'bob'@'%' IDENTI|FIED BY 'kJ8s9|dFq2!LmZ7xQv';"},
     .misses = {"CREATE USER bob WITH PASS|WORD 'password1';", "ALTER ROLE bob PASS|WORD NULL;",
                "CREATE USER bob IDENTI|FIED BY '${DB_PASSWORD_1}';", "ALTER USER bob WITH PASS|WORD ''"}},
    {.id = "putty-private-key",
     .title = "PuTTY private key",
     .issuer = "private-key",
     .shape = Shape::block,
     .keywords = {"private-lines:"},
     .pattern = R"(Private-Lines: [0-9]{1,3}(?:\s|\\[rn])+((?:[0-9A-Za-z+/=]+(?:\r?\n|(?:\\r)?\\n))+))",
     .entropy = 4,
     .in_tests = InTests::warning,
     .hits = {"Private-|Lines: 2\nMHcngzZpVNIZCFnNd8qQlGHaAKCXX2yaudQGK4ggLSN+PEmFySsh6H1Zah2QnJZ1\n"
              "oa+ZG6jE8eRBwh5ohsrXndwNr7gWP3fC90NQClNlseg=\nPrivate-MAC: 1b\n"},
     .misses = {"Private-|Lines: 2\n(left out)\n"}},
    {.id = "generic-api-key",
     .title = "value that looks like a secret",
     .issuer = "unknown",
     .shape = Shape::near,
     .keywords = {"key", "secret", "token", "pass", "pwd", "cred", "auth", "api"},
     .pattern = R"([0-9A-Za-z_.=+/-]{10,150})",
     .entropy = 3.3,
     .check = check_generic,
     .in_tests = InTests::warning,
     .hits = {"api|_key = \"KeYOYCfOMSrDfBQXn6|hRufV7\"", "SESSION_SECRET=|21c6ecab61943f19040a1c8b43ede60032eb0c83",
              "cli|ent_secret: str = \"VKo0gSl|WaDMPvoMmRj0f6jE0lZq3FpM0\""},
     .misses = {"to|ken = get_access_token_fro|m_cache_2()", "pub|lic_key = \"ztDGhwQ09HExCZB|gDGf806qQZQG5XEGW\"",
                "pas|sword: ${DATABASE_PASSWORD_1}", "api|_key = \"your_api_key_goes_|here_1\""}},
};

}

std::span<const Rule> key_rules() { return key_table; }

}
