/*
 * File systems by the number that statfs() gives.
 *
 * On the local ones every change is told by an event and every writer stops a lease.  On the others
 * (network, user space, clusters) a writer on another computer is seen by neither, so they are read
 * every `poll`.  Overlay counts as local: events and leases were tried there, and what is written
 * into its layers underneath is undefined by the kernel itself.
 */
#include <stddef.h>

#include "daemon/inbox_private.h"

static const struct fs_type types[] = {
	{ 0xEF53, "ext4", true },
	{ 0x58465342, "xfs", true },
	{ 0x9123683E, "btrfs", true },
	{ 0x01021994, "tmpfs", true },
	{ 0x858458F6, "ramfs", true },
	{ 0xF2F52010, "f2fs", true },
	{ 0x2FC12FC1, "zfs", true },
	{ 0xCA451A4E, "bcachefs", true },
	{ 0x3153464A, "jfs", true },
	{ 0x3434, "nilfs2", true },
	{ 0x794C7630, "overlay", true },
	{ 0x6969, "nfs", false },
	{ 0xFF534D42, "cifs", false },
	{ 0xFE534D42, "smb", false },
	{ 0x517B, "smb", false },
	{ 0x65735546, "fuse", false },
	{ 0x01021997, "9p", false },
	{ 0x00C36400, "ceph", false },
	{ 0x5346414F, "afs", false },
	{ 0x6B414653, "afs", false },
	{ 0x73757245, "coda", false },
	{ 0x0BD00BD0, "lustre", false },
	{ 0x47504653, "gpfs", false },
	{ 0x19830326, "beegfs", false },
	{ 0x20030528, "orangefs", false },
	{ 0x7461636F, "ocfs2", false },
	{ 0x01161970, "gfs2", false },
	{ 0x786F4256, "vboxsf", false },
	{ 0xBACBACBC, "vmhgfs", false },
	{ 0xF15F, "ecryptfs", false },
	{ 0x4D44, "vfat", false },
	{ 0x2011BAB0, "exfat", false },
	{ 0x7366746E, "ntfs", false },
};

const struct fs_type *
fs_type_find(int64_t magic)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (types[i].magic == magic)
			return &types[i];
	return NULL;
}
