using Beam.Cli.Tests.Support;
using Microsoft.AspNetCore.Builder;

namespace Beam.Cli.Tests.Processes;

/// <summary>Every exit code that is documented is that of some run.</summary>
public sealed class EveryExitCodeTests : ToolTests
{
    private const int Interrupt = 2;
    private const string NoToken = "aaaaaaaaaaaaaaaaaaaaaaaaaa";

    public static TheoryData<string> Codes => [.. Enum.GetNames<ExitCode>()];

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task Tool_EndsWithEachCode(string name)
    {
        var code = Enum.Parse<ExitCode>(name);
        Folder.Write("small", "content"u8);
        Folder.Write("large", TestBytes.Create(1, 4_000_000));

        var program = await (code switch
        {
            ExitCode.Success => RunAsync("config"),
            ExitCode.Unexpected => RunAsync("send", "small", "--server", Server.Url + "/something-else"),
            ExitCode.Usage => RunAsync("send", "small", "--receivers", "none"),
            ExitCode.NotFound => RunAsync("receive", $"{Server.Url}/{NoToken}/small"),
            ExitCode.NotAllowed => ReceiveWithoutTheRightAsync(),
            ExitCode.Gone => ReceiveAgainAsync(),
            ExitCode.Cancelled => SendWhatIsCancelledAsync(),
            ExitCode.NobodyCame => RunAsync("send", "small", "--wait", "1"),
            ExitCode.OtherSideLost => SendToWhoBreaksOffAsync(),
            ExitCode.InUse => ReceiveWhatSomebodyReceivesAsync(),
            ExitCode.TooLarge => SendTooMuchAsync(),
            ExitCode.Unreachable => SendToNobodyAsync(),
            ExitCode.Corrupt => ReceiveOtherBytesAsync(),
            ExitCode.UnsafeArchive => UnpackAsync(new TarBytes().File("../evil")),
            ExitCode.Exists => UnpackAsync(new TarBytes().File("small")),
            ExitCode.LocalFile => RunAsync("send", "absent"),
            ExitCode.Unhealthy => RunAsync("doctor", "--idle", "1"),
            ExitCode.Interrupted => InterruptAsync(),
            ExitCode.OutputClosed => WriteToWhoHasEndedAsync(),
            _ => throw new InvalidOperationException($"No run ends with {code}."),
        });

        await ExitsAsync(program, code);
    }

    private protected override void Configure(BeamOptions options)
    {
        options.ResumeTimeout = TimeSpan.Zero;
        options.MaxTransferBytes = 8_000_000;
    }

    private protected override void Configure(WebApplication app) => app.MapPost("/something-else/token", static () => "Hello!");

    private Task<ClientProcess> RunAsync(params string[] arguments) => Task.FromResult(Beam(arguments));

    private async Task<ClientProcess> ReceiveWithoutTheRightAsync()
    {
        using var answer = await Server.Client.PostAsync($"{await Server.MintAsync()}/-/token?rights=send", content: null);
        return Beam("receive", $"{Server.Url}/{(await answer.Content.ReadAsStringAsync()).Trim()}/small", "-o", "copy");
    }

    private async Task<ClientProcess> ReceiveAgainAsync()
    {
        var sender = Beam("send", "small");
        var link = await LinkOfAsync(sender);
        Assert.Equal("content", await Server.Client.GetStringAsync(link));
        await ExitsAsync(sender, ExitCode.Success);
        return Beam("receive", link, "-o", "copy");
    }

    private async Task<ClientProcess> SendWhatIsCancelledAsync()
    {
        var sender = Beam("send", "large");
        using var response = await Server.Client.GetAsync(await LinkOfAsync(sender), HttpCompletionOption.ResponseHeadersRead);
        using var cancelled = await Server.Client.DeleteAsync(sender.OutputText.Trim());
        return sender;
    }

    private async Task<ClientProcess> SendToWhoBreaksOffAsync()
    {
        var sender = Beam("send", "large");
        using var response = await Server.Client.GetAsync(await LinkOfAsync(sender), HttpCompletionOption.ResponseHeadersRead);
        return sender;
    }

    private async Task<ClientProcess> ReceiveWhatSomebodyReceivesAsync()
    {
        var sender = BeamReadingForever("send", "-");
        var link = await LinkOfAsync(sender);
        await Beam("receive", link, "-o", "-").WaitForOutputAsync("begin", Patience);
        return Beam("receive", link, "-o", "-");
    }

    private Task<ClientProcess> SendTooMuchAsync()
    {
        Folder.Write("too large", TestBytes.Create(1, 9_000_000));
        return RunAsync("send", "too large");
    }

    private async Task<ClientProcess> SendToNobodyAsync()
    {
        using var port = new ClosedPort();
        var sender = Beam("send", "small", "--server", $"http://127.0.0.1:{port.Port}");
        await sender.WaitAsync(Patience);
        return sender;
    }

    private async Task<ClientProcess> ReceiveOtherBytesAsync()
    {
        var token = await Server.MintAsync();
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{token}/small")
        {
            Content = new ByteArrayContent("content"u8.ToArray()),
        };
        request.Headers.TryAddWithoutValidation("Repr-Digest", $"sha-256=:{Convert.ToBase64String(new byte[32])}:");
        var sending = Server.Client.SendAsync(request);
        var receiver = Beam("receive", $"{Server.Url}/{token}/small", "-o", "copy");
        using var answer = await sending;
        return receiver;
    }

    private Task<ClientProcess> UnpackAsync(TarBytes archive)
    {
        Folder.Write("x.tar", archive.End());
        return RunAsync("unpack", "x.tar", "-o", ".");
    }

    private async Task<ClientProcess> InterruptAsync()
    {
        var sender = Beam("send", "small");
        await LinkOfAsync(sender);
        sender.Signal(Interrupt);
        return sender;
    }

    private async Task<ClientProcess> WriteToWhoHasEndedAsync()
    {
        var sender = Beam("send", "large");
        var link = await LinkOfAsync(sender);
        return Own(ClientProcess.Start(
            "bash",
            ["-c", $"dotnet '{Program}' receive '{link}' -o - | head -c 10 >head; exit ${{PIPESTATUS[0]}}"],
            new ClientProcessOptions { Environment = ToolEnvironment(), WorkingDirectory = Folder.Path }));
    }
}
