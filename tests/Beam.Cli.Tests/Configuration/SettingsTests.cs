using Beam.Cli.Archives;
using Beam.Cli.Configuration;

namespace Beam.Cli.Tests.Configuration;

public sealed class SettingsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("https://beam.example/0123456789abcdefghjkmnpqrs")]
    [InlineData("https://beam.example/beam/n1.0123456789abcdefghjkmnpqrs/")]
    [InlineData("https://beam.example/7-blue-horses/file")]
    public void Link_IsNoServer(string link)
        => Assert.Contains("curl", Assert.Throws<UsageException>(() => ServerAddress.Parse(link)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("https://beam.example/relay-for-the-team")]
    [InlineData("https://beam.example/a/long/path/that-is-no-token/")]
    public void Path_MayBeLong(string address) => Assert.Equal("beam.example", ServerAddress.Parse(address).Host);

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
            static name => name switch
            {
                EffectiveSettings.ServerVariable => "https://environment.example",
                EffectiveSettings.KeyVariable => "environment",
                _ => null,
            });

        Assert.Equal(("https://environment.example/", "environment"), Found(settings, option: null));
        Assert.Equal(("https://option.example/", null), Found(settings, "option.example"));
        Assert.Equal(("https://environment.example/", "environment"), Found(settings, "https://environment.example"));
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

    [Theory]
    [InlineData("http://beam.example")]
    [InlineData("http://10.0.0.1:4000")]
    [InlineData("http://127.0.0.1.beam.example")]
    public void Key_IsNotShownOverHttp_ToAnotherMachine_UnlessThatIsAllowedToo(string server)
    {
        var file = new ToolSettings { Server = server, Key = "file" };

        var refusal = Assert.Throws<UsageException>(() => With(file).Server(option: null));

        Assert.Contains("https", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("'beam config key-over-http yes'", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("file", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("file", With(file with { KeyOverHttp = true }).Server(option: null).Key);
    }

    [Fact]
    public void Variable_LetsTheKeyTravelOverHttp_ToItsServerAlone()
    {
        var file = new ToolSettings { Server = "http://file.example", Key = "file" };
        (string Name, string Value)[] beside = [("BEAM_SERVER", "http://beam.example"), ("BEAM_KEY", "environment")];

        var refusal = Assert.Throws<UsageException>(() => With(file, beside).Server(option: null));
        var allowing = With(file, [.. beside, ("BEAM_KEY_OVER_HTTP", "yes")]);

        Assert.Contains("BEAM_KEY_OVER_HTTP=yes", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("environment", allowing.Server(option: null).Key);
        Assert.Throws<UsageException>(() => allowing.Server("http://file.example"));
        Assert.Throws<UsageException>(() => With(file, [.. beside, ("BEAM_KEY_OVER_HTTP", "1")]).Server(option: null));
    }

    [Theory]
    [InlineData("https://beam.example", "key")]
    [InlineData("http://127.0.0.7:4000", "key")]
    [InlineData("http://[::1]:4000", "key")]
    [InlineData("http://localhost", "key")]
    [InlineData("http://beam.example", null)]
    public void Server_NeedsNoPermission_WhereNobodyIsOnTheWay_OrThereIsNoKey(string server, string? key)
        => Assert.Equal(key, With(new ToolSettings { Server = server, Key = key }).Server(option: null).Key);

    private static EffectiveSettings With(ToolSettings file, params (string Name, string Value)[] variables)
        => new(file, name => Array.Find(variables, variable => variable.Name == name).Value);

    private static (string Address, string? Key) Found(EffectiveSettings settings, string? option)
    {
        var choice = settings.Server(option);
        return (choice.Address.AbsoluteUri, choice.Key);
    }
}
