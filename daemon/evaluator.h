/*
 * What runs inside the sandbox: the rulebook process and the evaluators it forks.
 *
 * rulebook_process() is the whole life of the first: it reads its options from fd, warms up what opens
 * files, enters the sandbox, and only then loads the policies from treefd (administrators' Lua runs at
 * load time too).  It answers with the report, and then forks an evaluator for each batch it is asked
 * for.  evaluator_wire.h has the messages; evaluator_client.h is the other end for programs that judge
 * one file after the other (poolctl check), evaluators.h the keeper's.
 *
 * An evaluator answers over the socket in parts rather than by a memfd: it may make no memfd, and
 * memory that it shared could be changed under the reader.
 */
#ifndef DAEMON_EVALUATOR_H
#define DAEMON_EVALUATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rules/rulebook.h"

/* What the rulebook process is told. */
struct evaluator_options {
	struct text digest;       /* of the tree */
	const char *const *packs; /* switched on besides site.lua's */
	uint32_t n_packs;
	enum examples examples;
	/* enum catalogue_format: with every pack on, the catalogue is sent after the report */
	uint32_t catalogue;
	struct text only; /* of this condition; empty: of all */
	/* each 0: the engine's default */
	size_t lua_load_memory; /* bytes for the Lua heap while loading */
	uint64_t load_instructions;
	size_t lua_memory;     /* bytes Lua may take for a submission */
	uint64_t instructions; /* for a submission */
	uint64_t
	    condition_instructions; /* for a condition: struct limits in rules/evaluate.h */
	/* limits of the processes; 0: none */
	size_t address_space;
	uint32_t cpu_seconds; /* of an evaluator: for its whole batch */
};

/*
 * Never returns; the caller has called sandbox_die_with().  fd is a SOCK_SEQPACKET end, treefd a sealed
 * memfd of policies.h; no other descriptor but standard error should be open.  title: the process's
 * arguments, to be overwritten with what it has become; may be NULL.
 */
/* How an evaluator ends when it ends by itself; 0: all was done. */
enum evaluator_exit {
	EVALUATOR_NO_MEMORY = 3, /* the arena was exhausted */
	EVALUATOR_PROTOCOL = 4,  /* a message that was none, or the socket broke */
	EVALUATOR_SANDBOX = 5,   /* the sandbox could not be entered */
	EVALUATOR_NO_FORK = 6    /* it was never started */
};

_Noreturn void rulebook_process(int fd, int treefd, char *title, size_t title_size);

#endif
