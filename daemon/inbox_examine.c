/*
 * A team's folders as they really are: owners, permissions, flags and mounts.
 *
 * What would make a claim fail is found before there is one, and said together with the command that
 * mends it, safe to paste whatever the region is called.  Trouble stops a region; a note does not.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/fs.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "daemon/disk.h"
#include "daemon/inbox_private.h"

/* ROOT/REGION[/FOLDER[/NAME]] */
static void
put_path(struct buf *b, const struct region *r, const char *folder, const char *name)
{
	buf_printf(b, "%s/%.*s", r->inbox->options.root, TEXT_ARG(r->name));
	if (*folder != '\0')
		buf_printf(b, "/%s", folder);
	if (name != NULL)
		buf_printf(b, "/%s", name);
}

static void
put_shell(struct buf *b, const struct region *r, const char *folder, const char *name)
{
	struct buf path = { 0 };

	put_path(&path, r, folder, name);
	buf_shell(b, buf_as_text(&path));
	buf_free(&path);
}

static void
put_safe(struct buf *b, const struct region *r, const char *folder)
{
	struct buf path = { 0 };

	put_path(&path, r, folder, NULL);
	buf_safe(b, buf_as_text(&path));
	buf_free(&path);
}

void
region_shell_path(const struct region *r, const char *name, struct buf *b)
{
	put_shell(b, r, "inbox", name);
}

static void
put_group(struct buf *b)
{
	const struct group *group = getgrgid(getegid());

	if (group != NULL)
		buf_str(b, group->gr_name);
	else
		buf_printf(b, "%u", (unsigned)getegid());
}

static void
put_user(struct buf *b, uid_t uid)
{
	const struct passwd *user = getpwuid(uid);

	if (user != NULL)
		buf_str(b, user->pw_name);
	else
		buf_printf(b, "%u", (unsigned)uid);
}

/* The command that gives a region's folders to poold's group; safe to paste whatever they are called. */
static void
put_command(struct buf *b, const struct region *r)
{
	buf_str(b, " To mend it: cd ");
	put_shell(b, r, "", NULL);
	buf_str(b, " && chgrp ");
	put_group(b);
	buf_str(b, " . inbox && chmod 2770 . inbox");
}

static void
put_remount(struct buf *b, const struct region *r)
{
	buf_str(b, " To mend it: mount -o remount,rw \"$(findmnt -n -o TARGET -T ");
	put_shell(b, r, "", NULL);
	buf_str(b, ")\"");
}

static void
put_link(struct buf *b, const struct region *r)
{
	(void)r;
	buf_str(b, " It is a link or a file; put a folder here instead.");
}

static void
put_descriptors(struct buf *b, const struct region *r)
{
	(void)r;
	buf_str(b, " poold needs three open files a region: raise LimitNOFILE in its unit.");
}

static void
put_space(struct buf *b, const struct region *r)
{
	(void)r;
	buf_str(b, " Files stay in the inbox until there is room for one more.");
}

static void
put_quota(struct buf *b, const struct region *r)
{
	(void)r;
	buf_str(b, " Files stay in the inbox until poold's quota allows one more: quota -u ");
	put_user(b, geteuid());
}

static void
put_own_mount(struct buf *b, const struct region *r)
{
	buf_str(b,
	    " The inbox is mounted by itself, and files are moved from it into its region's "
	    "folder: mount the disk at ");
	put_shell(b, r, "", NULL);
	buf_str(b, " instead, with the inbox as a folder on it.");
}

static const struct {
	int error;
	void (*put)(struct buf *, const struct region *);
} mends[] = {
	{ EACCES, put_command },
	{ EPERM, put_command },
	{ EROFS, put_remount },
	{ ELOOP, put_link },
	{ ENOTDIR, put_link },
	{ EMFILE, put_descriptors },
	{ ENFILE, put_descriptors },
	{ ENOSPC, put_space },
	{ EDQUOT, put_quota },
	{ EXDEV, put_own_mount },
};

static void
put_mend(struct buf *b, const struct region *r, int error)
{
	size_t i;

	for (i = 0; i < sizeof(mends) / sizeof(*mends); i++)
		if (mends[i].error == error)
			mends[i].put(b, r);
}

void
region_trouble(struct region *r, const char *folder)
{
	struct buf b = { 0 };
	int error = errno;

	if ((error == EACCES || error == EPERM) && !r->known && region_is_being_made(r))
		return;
	buf_str(&b, "poold cannot use ");
	put_safe(&b, r, folder);
	buf_printf(&b, ": %s.", disk_words(r->dir, error));
	put_mend(&b, r, error);
	region_say(r, buf_as_text(&b));
	buf_free(&b);
}

static bool
has_flag(int dir, const char *name, int flag)
{
	int fd = name == NULL
	    ? dir
	    : openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int flags = 0;
	bool has = fd != -1 && ioctl(fd, FS_IOC_GETFLAGS, &flags) == 0 && (flags & flag) != 0;

	if (name != NULL && fd != -1)
		(void)close(fd);
	return has;
}

void
region_why_refused(const struct region *r, const char *name, int error, struct buf *b)
{
	struct stat st;

	if (error == EPERM && has_flag(r->inbox_dir, name, FS_IMMUTABLE_FL | FS_APPEND_FL)) {
		buf_str(b, "It is marked as not to be changed. To mend it: chattr -ia ");
		put_shell(b, r, "inbox", name);
	} else if (error == EPERM && fstat(r->inbox_dir, &st) == 0 &&
	    (st.st_mode & S_ISVTX) != 0) {
		buf_str(b,
		    "It belongs to somebody else and the inbox is sticky, so poold may not "
		    "move it. To mend it: chmod -t ");
		put_shell(b, r, "inbox", NULL);
	} else if (error == EISDIR) {
		buf_str(b,
		    "A folder lies where poold keeps the names of what it takes. To mend it: "
		    "rmdir ");
		put_shell(b, r, ".poold", "names");
	} else {
		buf_printf(b, "Files cannot be moved out of the inbox: %s.",
		    disk_words(r->dir, error));
		put_mend(b, r, error);
	}
}

/* --- ahead of time --- */

static bool
cannot_write(struct region *r, const char *folder)
{
	if (faccessat(r->dir, folder, W_OK | X_OK, AT_EACCESS) == 0)
		return false;
	region_trouble(r, strcmp(folder, ".") == 0 ? "" : folder);
	return true;
}

static bool
is_immutable(struct region *r, int fd, const char *folder)
{
	struct buf b = { 0 };

	if (!has_flag(fd, NULL, FS_IMMUTABLE_FL | FS_APPEND_FL))
		return false;
	put_safe(&b, r, folder);
	buf_str(&b,
	    " is marked as not to be changed, so no file can be moved. To mend it: "
	    "chattr -ia ");
	put_shell(&b, r, folder, NULL);
	region_say(r, buf_as_text(&b));
	buf_free(&b);
	return true;
}

/* Whoever owns the claims could exchange them. */
static bool
claims_are_foreign(struct region *r)
{
	struct buf b = { 0 };
	struct stat st;

	if (fstat(r->claims, &st) == -1)
		return false;
	if (st.st_uid == geteuid()) {
		if ((st.st_mode & 077) != 0)
			(void)fchmod(r->claims, 0700);
		return false;
	}
	put_safe(&b, r, ".poold");
	buf_str(&b, " belongs to ");
	put_user(&b, st.st_uid);
	buf_str(&b, ", who could exchange what poold has taken in. To mend it: chown -h ");
	put_user(&b, geteuid());
	buf_char(&b, ' ');
	put_shell(&b, r, ".poold", NULL);
	region_say(r, buf_as_text(&b));
	buf_free(&b);
	return true;
}

/* A mount of its own, also of the same disk: nothing can be renamed across it. */
static bool
inbox_is_a_mount(struct region *r)
{
	struct statx inbox, claims;

	if (statx(r->inbox_dir, "", AT_EMPTY_PATH, STATX_MNT_ID, &inbox) == -1 ||
	    statx(r->claims, "", AT_EMPTY_PATH, STATX_MNT_ID, &claims) == -1 ||
	    ((inbox.stx_mask & claims.stx_mask) & STATX_MNT_ID) == 0 ||
	    inbox.stx_mnt_id == claims.stx_mnt_id)
		return false;
	errno = EXDEV;
	region_trouble(r, "inbox");
	return true;
}

static bool
has_capability(unsigned which)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = { 0 };

	return syscall(SYS_capget, &head, data) == 0 &&
	    (data[which / 32].effective & (1u << (which % 32))) != 0;
}

static bool
in_group(gid_t gid)
{
	gid_t groups[256];
	int n = getgroups(256, groups);

	for (; n > 0; n--)
		if (groups[n - 1] == gid)
			return true;
	return gid == getegid();
}

static void
note(struct region *r, const char *what, const char *command, bool with_group)
{
	buf_str(&r->notes, what);
	buf_str(&r->notes, " To mend it: ");
	buf_str(&r->notes, command);
	if (with_group) {
		put_group(&r->notes);
		buf_char(&r->notes, ' ');
	}
	put_shell(&r->notes, r, "inbox", NULL);
	buf_char(&r->notes, '\n');
}

static bool
has_default_acl(int fd)
{
	return fgetxattr(fd, "system.posix_acl_default", NULL, 0) > 0;
}

/* What lets files in that poold can then not read: only where it may not read everything. */
static void
note_reading(struct region *r, const struct stat *st)
{
	if (has_capability(CAP_DAC_READ_SEARCH) || has_capability(CAP_DAC_OVERRIDE))
		return;
	if ((st->st_mode & S_ISGID) == 0)
		note(r,
		    "The inbox is not setgid, so a file keeps the group of who drops it and "
		    "poold may not be able to read it.",
		    "chmod g+s ", false);
	else if (!in_group(st->st_gid))
		note(r,
		    "The inbox belongs to a group that poold is not in, so poold may not be "
		    "able to read what is dropped.",
		    "chgrp ", true);
	if (!has_default_acl(r->inbox_dir) && !r->remote)
		note(r,
		    "The inbox has no default ACL, so poold cannot read the files of who has a "
		    "umask of 077.",
		    "setfacl -d -m u::rwx,g::rwx,o::- ", false);
}

static void
region_note(struct region *r)
{
	struct stat st;

	r->notes.n = 0;
	if (fstat(r->inbox_dir, &st) == -1)
		return;
	if ((st.st_mode & S_ISVTX) != 0 && st.st_uid != geteuid() &&
	    !has_capability(CAP_FOWNER))
		note(r,
		    "The inbox is sticky, so poold may not move other people's files out of "
		    "it.",
		    "chmod -t ", false);
	if ((st.st_mode & 022) == 0 && st.st_uid == geteuid() && geteuid() != 0)
		note(r,
		    "Nobody but poold's own user can put files here: the inbox is not writable "
		    "for its group.",
		    "chmod 2770 ", false);
	note_reading(r, &st);
}

bool
region_examine(struct region *r)
{
	/* the flag first: it also makes folders look as if they could not be written */
	if (is_immutable(r, r->dir, "") || is_immutable(r, r->inbox_dir, "inbox") ||
	    cannot_write(r, ".") || cannot_write(r, "inbox") || claims_are_foreign(r) ||
	    inbox_is_a_mount(r))
		return false;
	region_note(r);
	return true;
}
