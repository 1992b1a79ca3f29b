using System.Globalization;

namespace Beam.Client.Tests.Hostile;

/// <summary>A call of the client against a hostile server.</summary>
/// <param name="Client">A client whose own server is another one.</param>
/// <param name="OwnClient">A client whose own server is the hostile one.</param>
/// <param name="Server">The hostile server.</param>
/// <param name="Folder">Where files go.</param>
/// <param name="State">Where journals go.</param>
internal sealed record HostileCall(BeamClient Client, BeamClient OwnClient, HostileServer Server, string Folder, string State)
{
    /// <summary>Gets the calls, and what each of them asks a server for.</summary>
    public static IReadOnlyDictionary<string, (Func<HostileCall, Task> Run, HostileRequestKind[] Asks)> All { get; }
        = new Dictionary<string, (Func<HostileCall, Task>, HostileRequestKind[])>
        {
            ["mint"] = (static call => call.OwnClient.MintAsync(), [HostileRequestKind.Mint]),
            ["mint a link"] = (
                static call => call.Client.MintAsync(call.Link, BeamRights.Send, 1, TimeSpan.FromMinutes(1)),
                [HostileRequestKind.Mint]),
            ["request an upload"] = (static call => call.OwnClient.RequestUploadAsync(), [HostileRequestKind.Mint]),
            ["revoke"] = (static call => call.Client.RevokeAsync(call.Link), [HostileRequestKind.Deletion]),
            ["cancel"] = (static call => call.Client.CancelAsync(call.Link), [HostileRequestKind.Deletion]),
            ["status"] = (static call => call.Client.GetStatusAsync(call.Link), [HostileRequestKind.Status]),
            ["watch"] = (static call => call.WatchAsync(), [HostileRequestKind.Events]),
            ["head"] = (static call => call.Client.HeadAsync(call.Link), [HostileRequestKind.Head]),
            ["send a file"] = (
                static call => call.SendFileAsync(),
                [HostileRequestKind.Limits, HostileRequestKind.Status, HostileRequestKind.Upload]),
            ["send a stream in pieces"] = (
                static call => call.SendPiecesAsync(),
                [HostileRequestKind.Status, HostileRequestKind.Upload]),
            ["hand a file in"] = (static call => call.HandInAsync(), [HostileRequestKind.Head]),
            ["go on with sending"] = (
                static call => call.SendAgainAsync(),
                [HostileRequestKind.Limits, HostileRequestKind.Status, HostileRequestKind.Upload]),
            ["give up sending"] = (static call => call.GiveUpSendingAsync(), [HostileRequestKind.Deletion]),
            ["receive a file"] = (
                static call => call.ReceiveFileAsync(),
                [HostileRequestKind.Download, HostileRequestKind.Confirmation]),
            ["receive what is over"] = (static call => call.ReceiveWhatIsOverAsync(), [HostileRequestKind.Status]),
            ["receive the next file"] = (
                static call => call.ReceiveNextAsync(),
                [HostileRequestKind.Download, HostileRequestKind.Confirmation]),
            ["receive a stream"] = (
                static call => call.ReceiveStreamAsync(),
                [HostileRequestKind.Download, HostileRequestKind.Confirmation]),
            ["go on with receiving"] = (
                static call => call.ReceiveAgainAsync(),
                [HostileRequestKind.Download, HostileRequestKind.Confirmation]),
        };

    /// <summary>Gets the link to the file.</summary>
    public BeamLink Link => BeamLink.Parse(Server.Link);

    private BeamReceiveOptions Receiving => new() { StateFolder = State, Wait = TimeSpan.FromSeconds(1) };

    private async Task WatchAsync()
    {
        // Events that go on are no lie: who watches sees each of them.
        var count = 0;
        await foreach (var status in Client.WatchAsync(Link))
        {
            Assert.NotNull(status.State);
            if (++count == 20)
            {
                return;
            }
        }
    }

    private async Task SendFileAsync()
    {
        var path = Path.Combine(Folder, "source");
        await File.WriteAllBytesAsync(path, HonestAnswers.File);
        AssertSent(await Client.SendAsync(Link, path));
        File.Delete(path);
    }

    private async Task SendPiecesAsync()
    {
        using var content = new MemoryStream(HonestAnswers.File);
        AssertSent(await Client.SendAsync(Link, content, new BeamSendOptions { MaxPieceBytes = 2_000, HandIn = true }));
    }

    private async Task SendAgainAsync()
    {
        using var content = new MemoryStream(HonestAnswers.File);
        AssertSent(await Client.SendAsync(Link, content, new BeamSendOptions { Resume = true }));
    }

    private async Task HandInAsync()
    {
        var end = HonestAnswers.File.Length.ToString(CultureInfo.InvariantCulture);
        Server.Premise = (HostileRequestKind.Upload, _ => HostileAnswer.Of("201 Created", [], ("Upload-Offset", end)));
        using var content = new MemoryStream(HonestAnswers.File);
        AssertSent(await Client.SendAsync(Link, content, new BeamSendOptions { HandIn = true }));
    }

    /// <summary>The content fails, and the client tells the server so.</summary>
    private async Task GiveUpSendingAsync()
    {
        using var content = new PatternStream(1, 100, seekable: false);
        var exception = await Assert.ThrowsAsync<BeamException>(
            () => Client.SendAsync(Link, content, new BeamSendOptions { Length = 101 }));
        Assert.Equal(BeamError.SourceTooShort, exception.Error);
    }

    private async Task ReceiveWhatIsOverAsync()
    {
        Server.Premise = (
            HostileRequestKind.Download,
            static answer => (answer with { Status = "410 Gone" })
                .With("Content-Type", "application/problem+json")
                .With("X-Content-Type-Options", "nosniff")
                .WithBody("""{"error":"already_delivered"}"""u8.ToArray()));
        await ReceiveFileAsync();
    }

    private async Task ReceiveFileAsync()
        => await AssertReceivedAsync(await Client.ReceiveAsync(Link, Path.Combine(Folder, "file"), Receiving));

    private async Task ReceiveNextAsync()
        => await AssertReceivedAsync(await Client.ReceiveAsync(new BeamLink(Server.Url, Link.Token), Folder, Receiving));

    private async Task ReceiveStreamAsync()
    {
        using var destination = new MemoryStream();
        var received = await Client.ReceiveAsync(Link, destination, Receiving);
        AssertReceived(received, destination.ToArray());
    }

    /// <summary>A first run gets half of the file and is stopped; the second goes on.</summary>
    private async Task ReceiveAgainAsync()
    {
        var lie = Server.Lie;
        Server.Lie = (HostileRequestKind.Download, new HostileLie("half", static answer => answer with { Manner = HostileManner.Cut }));
        var options = new BeamClientOptions { GiveUpAfter = TimeSpan.Zero };
        using (var first = new BeamClient(Server.Url, options))
        {
            await Assert.ThrowsAsync<BeamException>(() => first.ReceiveAsync(Link, Path.Combine(Folder, "file"), Receiving));
        }

        Server.Lie = lie;
        await ReceiveFileAsync();
    }

    private static void AssertSent(BeamReceipt receipt)
    {
        Assert.Equal(HonestAnswers.File.Length, receipt.Bytes);
        Assert.Equal(Digest(HonestAnswers.File), receipt.Sha256);
    }

    private static async Task AssertReceivedAsync(BeamReceivedFile received)
        => AssertReceived(received, await File.ReadAllBytesAsync(received.Path!));

    private static void AssertReceived(BeamReceivedFile received, byte[] bytes)
    {
        Assert.Equal(HonestAnswers.File, bytes);
        Assert.Equal(Digest(bytes), received.Sha256);
    }

    private static string Digest(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
}
