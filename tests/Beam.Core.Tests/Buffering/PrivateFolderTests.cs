using System.Security.AccessControl;
using Beam.Buffering;

namespace Beam.Core.Tests.Buffering;

public sealed class PrivateFolderTests : IDisposable
{
    private const UnixFileMode Everybody = (UnixFileMode)0x1FF;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folder_IsForItsOwnerOnly()
    {
        var path = PrivateFolder.Create(_folder["above/private"]);

        Assert.True(Directory.Exists(path));
        if (OperatingSystem.IsWindows())
        {
            var security = new DirectoryInfo(path).GetAccessControl();
            var rules = security.GetAccessRules(includeExplicit: true, includeInherited: true, typeof(System.Security.Principal.NTAccount));
            Assert.True(security.AreAccessRulesProtected);
            Assert.Single(rules.Cast<FileSystemAccessRule>());
        }
        else
        {
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(path));
        }
    }

    [Fact]
    public void Folder_ThatIsThere_StaysAsItIs_UnlessItIsOurs()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }

        Directory.CreateDirectory(_folder["shared"]);
        File.SetUnixFileMode(_folder["shared"], Everybody);

        PrivateFolder.Create(_folder["shared"]);
        Assert.Equal(Everybody, File.GetUnixFileMode(_folder["shared"]));
        PrivateFolder.KeepOthersOut(_folder["shared"]);
        Assert.Equal(OwnerOnly, File.GetUnixFileMode(_folder["shared"]));
    }
}
