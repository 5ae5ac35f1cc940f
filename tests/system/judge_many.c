/*
 * judge_many POLICYDIR FILE…: judge files one after the other, as poolctl check does and in the same
 * sandbox, but with small limits and a short deadline, and print a line of JSON for each: the verdict,
 * or {"failed": why}.  Policies that are refused: {"refused": [file, …]}.  For tests with thousands of
 * hostile policies.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/evaluator_client.h"
#include "daemon/log.h"
#include "daemon/sha256.h"
#include "rules/result.h"

#define WALL_MS 1000

static void
slurp(const char *path, struct buf *b)
{
	char chunk[65536];
	size_t n;
	FILE *f = fopen(path, "rb");

	buf_clear(b);
	if (f == NULL)
		fatal("%s", path);
	while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
		buf_put(b, chunk, n);
	(void)fclose(f);
}

static void
say_refused(const struct wire_rulebook *w, struct buf *out)
{
	buf_str(out, "{\"refused\":[");
	for (uint32_t i = 0, n = 0; i < w->n_messages; i++) {
		if (!w->messages[i].refuses)
			continue;
		buf_str(out, n++ > 0 ? ",[\"" : "[\"");
		buf_json(out, w->messages[i].file);
		buf_str(out, "\",\"");
		buf_json(out, w->messages[i].what);
		buf_str(out, "\"]");
	}
	buf_str(out, "]}\n");
}

static void
judge(struct client *c, const char *path, struct buf *bytes, struct buf *out)
{
	const char *name = strrchr(path, '/');
	char digest[65];
	struct submission s = { .name = text_of(name != NULL ? name + 1 : path),
		.region = TEXT("leeds"),
		.seq = -1,
		.revision = 1,
		.received = 1433160000,
		.time_given = true };
	struct buf packed = { 0 }, why = { 0 };
	struct result result;

	slurp(path, bytes);
	s.bytes = bytes->n > 0 ? buf_as_text(bytes) : TEXT("");
	sha256_hex(s.bytes, digest);
	s.sha256 = text_of(digest);
	if (client_judge(c, &s, WALL_MS, NULL, NULL, &packed, &why) &&
	    result_read(buf_as_text(&packed), &result, NULL))
		buf_text(out, result.json); /* ends its line */
	else {
		buf_str(out, "{\"failed\":\"");
		buf_json(out, buf_as_text(&why));
		buf_str(out, "\"}\n");
	}
	buf_free(&packed);
	buf_free(&why);
}

int
main(int argc, char **argv)
{
	struct evaluator_options options = client_default_options();
	struct policies policies = { .memfd = -1 };
	struct wire_rulebook rulebook;
	struct buf why = { 0 }, bytes = { 0 }, out = { 0 };
	struct client *c;

	log_init("judge_many", false);
	if (argc < 2)
		fatalx("usage: judge_many POLICYDIR FILE...");
	if (!policies_read(argv[1], &policies, &why))
		fatalx("%.*s", (int)why.n, why.p);
	options.instructions = 2000000;
	options.load_instructions = 20000000;
	options.lua_memory = 8u << 20;
	c = client_start(&policies, &options, 20000, &rulebook, &why);
	if (c == NULL && rulebook.refusals == 0)
		fatalx("%.*s", (int)why.n, why.p);
	if (c == NULL)
		say_refused(&rulebook, &out);
	for (int i = 2; c != NULL && i < argc; i++)
		judge(c, argv[i], &bytes, &out);
	(void)fwrite(out.p, 1, out.n, stdout);
	client_stop(c);
	wire_rulebook_free(&rulebook);
	policies_close(&policies);
	buf_free(&why);
	buf_free(&bytes);
	buf_free(&out);
	return 0;
}
