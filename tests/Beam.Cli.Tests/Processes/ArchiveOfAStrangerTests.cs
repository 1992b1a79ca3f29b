using Beam.Cli.Tests.Support;

namespace Beam.Cli.Tests.Processes;

/// <summary>The sender decides what an archive contains. The receiver decides where it goes, and whether it is unpacked.</summary>
public sealed class ArchiveOfAStrangerTests : ToolTests
{
    private static readonly byte[] Gift = new TarBytes().File(".bash_profile").File(".ssh/authorized_keys").File("gift/x").End();

    [Theory]
    [InlineData("inbox", "inbox/gift~2")]
    [InlineData("inbox/", "inbox/gift~2")]
    [InlineData("absent/", "absent/gift")]
    [InlineData("absent", "absent")]
    [InlineData("inbox/absent", "inbox/absent")]
    public async Task Receive_UnpacksIntoANewFolder_Always(string output, string folder)
    {
        Directory.CreateDirectory(Folder["inbox/gift"]);
        Directory.CreateDirectory(Folder["inbox/.ssh"]);

        var receiver = await ReceiveAsync(Gift, "-o", output, "--force");

        await ExitsAsync(receiver, ExitCode.Success);
        Assert.Equal(
            [$"{folder}/.bash_profile", $"{folder}/.ssh/authorized_keys", $"{folder}/gift/x"],
            Folder.Files());
        Assert.Equal(Folder[folder], receiver.OutputText.Trim());
    }

    [Fact]
    public async Task Receive_JoinsAFolder_WhenItIsToldTo()
    {
        Directory.CreateDirectory(Folder["inbox/gift"]);
        Folder.Write("inbox/gift/mine", "mine"u8);

        var receiver = await ReceiveAsync(new TarBytes().File("gift/x").End(), "--into", "inbox");

        await ExitsAsync(receiver, ExitCode.Success);
        Assert.Equal(["inbox/gift/mine", "inbox/gift/x"], Folder.Files());
    }

    [Fact]
    public async Task Receive_PutsAFileIntoTheFolder_WhichItMakes()
    {
        Folder.Write("x", "content"u8);

        await ExitsAsync(Beam("receive", await LinkOfAsync(Beam("send", "x")), "--into", "inbox"), ExitCode.Success);

        Assert.Equal("content", await File.ReadAllTextAsync(Folder["inbox/x"]));
    }

    [Fact]
    public async Task Receive_TakesOneTargetOnly()
    {
        var receiver = Beam("receive", $"{Server.Url}/token/x", "--into", "inbox", "-o", "x");

        await ExitsAsync(receiver, ExitCode.Usage);
        Assert.Contains("--into", receiver.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".", "gift.tar")]
    [InlineData("inbox", "inbox/gift.tar")]
    [InlineData("other.tar", "other.tar")]
    public async Task Request_UnpacksNothing(string name, string stored)
    {
        Directory.CreateDirectory(Folder["inbox"]);

        var request = await RequestAsync(Gift, name);

        await ExitsAsync(request, ExitCode.Success);
        Assert.Equal([stored], Folder.Files());
        Assert.Equal(Gift, await File.ReadAllBytesAsync(Folder[stored]));
        Assert.Contains($"beam unpack '{Folder[stored]}'", request.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inbox", "inbox/gift~2", "application/x-tar")]
    [InlineData("absent", "absent", "application/x-tar")]
    [InlineData("absent", "absent", null)]
    public async Task Request_UnpacksIntoANewFolder_WhenItIsToldTo(string name, string folder, string? type)
    {
        Directory.CreateDirectory(Folder["inbox/gift"]);
        var request = Beam("request", name, "--unpack");

        await SendAsync(Gift, $"{await LinkOfAsync(request)}/gift.tar", type);

        await ExitsAsync(request, ExitCode.Success);
        Assert.Equal([$"{folder}/.bash_profile", $"{folder}/.ssh/authorized_keys", $"{folder}/gift/x"], Folder.Files());
    }

    [Fact]
    public async Task Receive_TellsOfAnArchive_ThatNothingSaysIsOne()
    {
        // What a plain curl -T sends has no type.
        var token = await Server.MintAsync();
        using var content = new ByteArrayContent(Gift);
        var sending = Server.Client.PutAsync($"{token}/gift.tar", content);

        var receiver = Beam("receive", $"{Server.Url}/{token}/gift.tar");

        await ExitsAsync(receiver, ExitCode.Success);
        using var answer = await sending;
        Assert.Equal(["gift.tar"], Folder.Files());
        Assert.Contains($"beam unpack '{Folder["gift.tar"]}'", receiver.ErrorText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".bash_profile")]
    [InlineData(".ssh/authorized_keys")]
    [InlineData("project/.envrc")]
    [InlineData("project/.git/hooks/pre-commit")]
    [InlineData("Desktop.ini")]
    [InlineData("Library/LaunchAgents/x.plist")]
    [InlineData("_vimrc")]
    [InlineData("systemd/user/default.target.wants/x.service")]
    public async Task NamesThatProgramsObey_AreNotMade_InAFolderThatWasThere(string name)
    {
        Directory.CreateDirectory(Folder["project/.git/hooks"]);
        Directory.CreateDirectory(Folder["Library"]);
        var archive = new TarBytes().File("harmless").File(name).File(".x").End();

        var receiver = await ReceiveAsync(archive, "--into", ".", "--force");

        await ExitsAsync(receiver, ExitCode.UnsafeArchive);
        Assert.Equal(["gift.tar"], Folder.Files());
        Assert.Contains("and 1 more", receiver.ErrorText, StringComparison.Ordinal);
        Assert.Contains("--dot-names", receiver.ErrorText, StringComparison.Ordinal);

        await ExitsAsync(Beam("unpack", "gift.tar", "-o", ".", "--force"), ExitCode.UnsafeArchive);
        await ExitsAsync(Beam("unpack", "gift.tar", "-o", ".", "--dot-names"), ExitCode.Success);
        Assert.True(File.Exists(Folder[name]));
    }

    [Fact]
    public async Task NamesThatProgramsObey_AreNotReplaced_ByForceAlone()
    {
        Folder.Write(".bashrc", "old"u8);

        await ExitsAsync(await ReceiveAsync(new TarBytes().File(".bashrc", "new").End(), "--into", ".", "--force"), ExitCode.UnsafeArchive);
        Assert.Equal("old", await File.ReadAllTextAsync(Folder[".bashrc"]));

        await ExitsAsync(Beam("unpack", "gift.tar", "-o", ".", "--dot-names"), ExitCode.Exists);
        Assert.Equal("old", await File.ReadAllTextAsync(Folder[".bashrc"]));

        await ExitsAsync(Beam("unpack", "gift.tar", "-o", ".", "--dot-names", "--force"), ExitCode.Success);
        Assert.Equal("new", await File.ReadAllTextAsync(Folder[".bashrc"]));
    }

    [Fact]
    public async Task NamesThatProgramsObey_AreFine_InAFolderThatIsNew()
    {
        Folder.Write("gift.tar", Gift);
        Directory.CreateDirectory(Folder["there"]);

        await ExitsAsync(await ReceiveAsync(Gift, "--into", "absent"), ExitCode.Success);
        await ExitsAsync(Beam("unpack", "gift.tar", "-o", "new"), ExitCode.Success);
        Folder.Write("deep.tar", new TarBytes().File("deep/.git/hooks/pre-commit").End());
        await ExitsAsync(Beam("unpack", "deep.tar", "-o", "there"), ExitCode.Success);

        Assert.True(File.Exists(Folder["absent/.bash_profile"]));
        Assert.True(File.Exists(Folder["new/.bash_profile"]));
        Assert.True(File.Exists(Folder["there/deep/.git/hooks/pre-commit"]));
    }

    [Fact]
    public async Task Unpack_MakesNoFolderThatProgramsObey_OfTheNameOfAnArchive()
    {
        Folder.Write(".git.tar", new TarBytes().File("config").End());

        await ExitsAsync(Beam("unpack", ".git.tar"), ExitCode.Success);

        Assert.Equal([".git.tar", "_git/config"], Folder.Files());
    }

    [Fact]
    public async Task NamesThatProgramsObey_AreAskedFor()
    {
        Folder.Write("gift.tar", Gift);

        var no = OnTerminal(80, "$BEAM unpack gift.tar -o .");
        await AnswerAsync(no, "n\n");
        await ExitsAsync(no, ExitCode.UnsafeArchive);
        Assert.Contains($"{Folder[".bash_profile"]} and 1 more", no.OutputText, StringComparison.Ordinal);
        Assert.Equal(["gift.tar"], Folder.Files());

        var yes = OnTerminal(80, "$BEAM unpack gift.tar -o .");
        await AnswerAsync(yes, "y\n");
        await ExitsAsync(yes, ExitCode.Success);
        Assert.Equal([".bash_profile", ".ssh/authorized_keys", "gift.tar", "gift/x"], Folder.Files());
    }

    [Fact]
    public async Task Archive_IsWhatItsTypeSays_WhateverItBeginsWith()
    {
        Directory.CreateDirectory(Folder["PK"]);
        Folder.Write("PK/a", "a"u8);

        await ExitsAsync(Beam("receive", await LinkOfAsync(Beam("send", "PK")), "-o", "there"), ExitCode.Success);
        await ExitsAsync(Beam("receive", await LinkOfAsync(Beam("send", "PK")), "--keep-archive"), ExitCode.Success);
        await ExitsAsync(Beam("unpack", "PK.tar", "-o", "again"), ExitCode.Success);

        Assert.Equal(["PK.tar", "PK/a", "again/PK/a", "there/PK/a"], Folder.Files());
    }

    private static async Task AnswerAsync(ClientProcess terminal, string answer)
    {
        await terminal.WaitForOutputAsync("[y/n]", Patience);
        await terminal.StandardInput.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer));
        await terminal.StandardInput.FlushAsync();
    }

    private async Task<ClientProcess> ReceiveAsync(byte[] archive, params string[] options)
    {
        var url = $"{Server.Url}/{await Server.MintAsync()}/gift.tar";
        var receiver = Beam(["receive", url, .. options]);
        await SendAsync(archive, url);
        return receiver;
    }

    private async Task<ClientProcess> RequestAsync(byte[] archive, params string[] options)
    {
        var request = Beam(["request", .. options]);
        await SendAsync(archive, $"{await LinkOfAsync(request)}/gift.tar");
        return request;
    }

    private async Task SendAsync(byte[] archive, string url, string? type = "application/x-tar")
    {
        using var content = new ByteArrayContent(archive);
        content.Headers.ContentType = type is null ? null : new(type);
        using var answer = await Server.Client.PutAsync(url, content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
