using Beam.Cli.Archives;
using Beam.Cli.Configuration;

namespace Beam.Cli.Tests.Configuration;

public sealed class SettingsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void File_IsPrivate_AndSoIsItsFolder()
    {
        var file = new SettingsFile(_folder["config/beam/config.json"]);

        file.Write(new ToolSettings { Server = "https://a.example/", Key = "secret", Wait = 30, Qr = false });

        Assert.Equal(ArchiveModes.PrivateFile, File.GetUnixFileMode(file.Path));
        Assert.Equal(ArchiveModes.PrivateFolder, File.GetUnixFileMode(_folder["config/beam"]));
        Assert.Equal(new ToolSettings { Server = "https://a.example/", Key = "secret", Wait = 30, Qr = false }, file.Read());
        Assert.Equal(["config/beam/config.json"], _folder.Files());
    }

    [Fact]
    public void File_IsPrivate_WhenItWasNotBefore()
    {
        _folder.Write("config.json", "{}"u8);
        File.SetUnixFileMode(_folder["config.json"], ArchiveModes.Kept);

        new SettingsFile(_folder["config.json"]).Write(new ToolSettings { Key = "secret" });

        Assert.Equal(ArchiveModes.PrivateFile, File.GetUnixFileMode(_folder["config.json"]));
    }

    [Fact]
    public void File_IsEmpty_WhenThereIsNone() => Assert.Equal(new ToolSettings(), new SettingsFile(_folder["absent/config.json"]).Read());

    [Fact]
    public void File_IsRefused_WhenItIsNone()
    {
        _folder.Write("config.json", "no json"u8);

        Assert.Throws<UsageException>(() => new SettingsFile(_folder["config.json"]).Read());
    }

    [Fact]
    public void Environment_WinsOverTheFile_AndOptionsOverBoth()
    {
        var file = new ToolSettings { Server = "https://file.example", Key = "file" };
        var settings = new EffectiveSettings(
            file,
            static name => name == EffectiveSettings.ServerVariable ? "https://environment.example" : "environment");

        Assert.Equal((new Uri("https://environment.example/"), "environment"), settings.Server(option: null));
        Assert.Equal((new Uri("https://option.example/"), null), settings.Server("option.example"));
        Assert.Equal((new Uri("https://environment.example/"), "environment"), settings.Server("https://environment.example"));
    }

    [Fact]
    public void Key_OfTheFile_IsForItsServerAlone()
    {
        var settings = new EffectiveSettings(new ToolSettings { Server = "https://file.example/", Key = "file" }, static _ => null);

        Assert.Equal("file", settings.Server(option: null).Key);
        Assert.Equal("file", settings.Server("https://file.example").Key);
        Assert.Null(settings.Server("https://other.example").Key);
    }

    [Fact]
    public void Server_IsAskedFor_WhenThereIsNone()
        => Assert.Throws<UsageException>(() => new EffectiveSettings(new ToolSettings(), static _ => null).Server(option: null));
}
