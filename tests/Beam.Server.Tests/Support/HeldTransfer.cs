namespace Beam.Server.Tests.Support;

/// <summary>A transfer between two curls of which the first bytes have come through and the sender holds back the rest.</summary>
internal sealed class HeldTransfer : IAsyncDisposable
{
    private static readonly byte[] First = [.. "first "u8];
    private static readonly byte[] Rest = [.. "and rest"u8];

    private readonly ServerProcess _server;

    private HeldTransfer(ServerProcess server, ClientProcess sender, ClientProcess receiver)
    {
        _server = server;
        Sender = sender;
        Receiver = receiver;
    }

    public ClientProcess Sender { get; }

    public ClientProcess Receiver { get; }

    public static async Task<HeldTransfer> StartAsync(ServerProcess server)
    {
        var url = server.Url($"/{await server.MintAsync()}/file");
        var sender = Curl.Start(["-T", "-", url], new ClientProcessOptions { KeepInputOpen = true });
        var transfer = new HeldTransfer(server, sender, Curl.Start("-N", url));
        await sender.StandardInput.WriteAsync(First);
        await sender.StandardInput.FlushAsync();
        await transfer.Receiver.WaitForOutputAsync("first ", TimeSpan.FromMinutes(1));
        return transfer;
    }

    /// <summary>Lets the sender go on to its end.</summary>
    public async Task SendRestAsync()
    {
        try
        {
            await Sender.StandardInput.WriteAsync(Rest);
            Sender.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended, as its exit code says.
        }
    }

    public async Task AssertEndsWellAsync()
    {
        await SendRestAsync();
        Assert.True(await Receiver.WaitAsync() == 0, Receiver.Describe() + _server.Log);
        Assert.True(await Sender.WaitAsync() == 0, Sender.Describe() + _server.Log);
        Assert.Equal("first and rest", Receiver.OutputText);
        Assert.StartsWith("confirmed: 14 bytes", Sender.OutputText, StringComparison.Ordinal);
    }

    /// <summary>Asserts that the receiver's curl has seen a broken body and the sender's curl an error.</summary>
    public async Task AssertIsCutAsync()
    {
        Assert.True(await Receiver.WaitAsync() is 18 or 56, Receiver.Describe());
        Assert.Equal("first ", Receiver.OutputText);

        // A curl that waits for input looks at its answer when some comes.
        await SendRestAsync();
        Assert.True(await Sender.WaitAsync() == 22, Sender.Describe());
        Assert.Contains("503", Sender.ErrorText, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await Sender.DisposeAsync();
        await Receiver.DisposeAsync();
    }
}
