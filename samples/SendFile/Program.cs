using Beam.Client;

using var beam = new BeamClient(new Uri(args[0]));
try
{
    var channel = await beam.MintAsync();
    var receiver = await beam.MintAsync(channel.Link, BeamRights.Receive);
    Console.WriteLine(receiver.PublicLink.WithName(Path.GetFileName(args[1])).Url.AbsoluteUri);
    var receipt = await beam.SendAsync(channel.Link, args[1]);
    Console.WriteLine($"{receipt.Outcome}: {receipt.Bytes} bytes, sha256 {receipt.Sha256}");
}
catch (BeamException exception)
{
    Environment.ExitCode = 1;
    Console.Error.WriteLine($"{exception.Error}: {exception.Message}");
}
