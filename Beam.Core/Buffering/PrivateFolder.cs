using System.Runtime.Versioning;
using System.Security.AccessControl;
using System.Security.Principal;

namespace Beam.Buffering;

/// <summary>Creates folders that only the user of this process may use.</summary>
internal static class PrivateFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Creates a folder with access for its owner only. One that is there already stays as it is.</summary>
    /// <returns>Its full path.</returns>
    /// <exception cref="IOException">The folder cannot be created.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be created.</exception>
    public static string Create(string path)
    {
        var full = Path.GetFullPath(path);
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(full, OwnerOnly);
        }
        else if (!Directory.Exists(full))
        {
            CreateOnWindows(full);
        }

        return full;
    }

    /// <summary>Takes away what others may do in a folder of our own that was there already. On Windows it does nothing.</summary>
    /// <exception cref="IOException">The folder is not ours.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not ours.</exception>
    public static void KeepOthersOut(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) != UnixFileMode.None)
        {
            File.SetUnixFileMode(path, OwnerOnly);
        }
    }

    [SupportedOSPlatform("windows")]
    private static void CreateOnWindows(string path)
    {
        // Folders above it are not ours alone.
        if (Path.GetDirectoryName(path) is { } above)
        {
            Directory.CreateDirectory(above);
        }

        using var user = WindowsIdentity.GetCurrent();
        var security = new DirectorySecurity();
        security.SetAccessRuleProtection(isProtected: true, preserveInheritance: false);
        security.AddAccessRule(new FileSystemAccessRule(
            user.User!,
            FileSystemRights.FullControl,
            InheritanceFlags.ContainerInherit | InheritanceFlags.ObjectInherit,
            PropagationFlags.None,
            AccessControlType.Allow));
        security.CreateDirectory(path);
    }
}
